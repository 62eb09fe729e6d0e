"""Drives the server with a real MLflow client, as a training would, and checks what comes back.

usage: mlflow_run.py EXPERIMENT            prints the ids of the runs, last line "ok"
MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN say where. With fake/ on PYTHONPATH two GPUs of 250 W and 150 W are seen.
"""

import math
import os
import sys
import tempfile
import time

import mlflow
from mlflow import MlflowClient

NAME = sys.argv[1]
NEW = int(mlflow.__version__.split(".")[0]) >= 3
client = MlflowClient()


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


mlflow.set_experiment(NAME)
with mlflow.start_run(run_name="parent", tags={"purpose": "test"}) as parent:
    mlflow.log_params({"lr": 0.1, "epochs": 3})
    for step in range(5):
        mlflow.log_metrics({"loss": 1 / (step + 1), "acc": step / 5}, step=step)
    mlflow.log_metric("nan", float("nan"))
    mlflow.log_metric("inf", float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + "/sub")
        with open(folder + "/a.txt", "w") as f:
            f.write("hello")
        with open(folder + "/sub/b \u00fc.txt", "w") as f:
            f.write("world")
        mlflow.log_artifacts(folder, artifact_path="files")
    with mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("loss", 9)

run = client.get_run(parent.info.run_id)
assert run.info.status == "FINISHED", run
assert run.data.params == {"lr": "0.1", "epochs": "3"}, run.data.params
assert math.isnan(run.data.metrics["nan"]) and run.data.metrics["inf"] > 1e308, run.data.metrics
assert run.data.metrics["acc"] == 0.8
history = client.get_metric_history(run.info.run_id, "loss")
assert [m.step for m in history] == [0, 1, 2, 3, 4], history

files = [f.path for f in client.list_artifacts(run.info.run_id, "files")]
assert files == ["files/a.txt", "files/sub"], files
path = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="files/sub/b \u00fc.txt")
with open(path) as f:
    assert f.read() == "world"

experiment = client.get_experiment_by_name(NAME)
found = client.search_runs(
    [experiment.experiment_id],
    "metrics.loss < 1 and params.lr = '0.1' and tags.purpose LIKE 't%' and attributes.status = 'FINISHED'",
    order_by=["metrics.loss DESC"],
)
assert [r.info.run_name for r in found] == ["parent"], found
assert len(mlflow.search_runs(experiment_names=[NAME])) == 2
assert NAME in [e.name for e in mlflow.search_experiments()]

with mlflow.start_run(run_id=parent.info.run_id):
    mlflow.log_metric("loss", 0.01, step=5)
assert client.get_run(parent.info.run_id).info.status == "FINISHED"

with mlflow.start_run() as modelled:
    at = {"name": "model"} if NEW else {"artifact_path": "model"}
    model = mlflow.pyfunc.log_model(python_model=Echo(), pip_requirements=[], **at)
mlflow.pyfunc.load_model(model.model_uri)

client.delete_run(child.info.run_id)
assert len(client.search_runs([experiment.experiment_id])) == 2
client.restore_run(child.info.run_id)

powered = None
if hasattr(mlflow, "enable_system_metrics_logging"):
    mlflow.set_system_metrics_sampling_interval(1)
    mlflow.set_system_metrics_samples_before_logging(1)
    with mlflow.start_run(run_name="powered", log_system_metrics=True) as powered:
        time.sleep(6.5)
    used = client.get_metric_history(powered.info.run_id, "system/gpu_0_utilization_percentage")
    assert len(used) >= 3 and all(m.value == 90 for m in used), used
    watts = client.get_metric_history(powered.info.run_id, "system/gpu_0_power_usage_watts")
    assert all(m.value == 250 for m in watts), watts
    # 2.9 does not read power yet.
    assert len(watts) >= 3 or mlflow.__version__.startswith("2.9."), watts

try:
    client.create_registered_model("none")
    raise AssertionError("there is no registry")
except mlflow.exceptions.MlflowException as e:
    assert "no model registry" in str(e), e

print("parent", parent.info.run_id)
print("child", child.info.run_id)
if powered:
    print("powered", powered.info.run_id)
print("ok")
