"""Two teams use one server with a real MLflow client each: names and ids mean what is their own, and nothing else is seen.

usage: mlflow_teams.py EXPERIMENT         last line "ok"
MLFLOW_TRACKING_URI says where, MLFLOW_TRACKING_TOKEN and OTHER_TEAMS_TOKEN who.
"""

import os
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

NAME = sys.argv[1]
OURS = os.environ["MLFLOW_TRACKING_TOKEN"]
OTHERS = os.environ["OTHER_TEAMS_TOKEN"]
client = MlflowClient()


def be(token):
    os.environ["MLFLOW_TRACKING_TOKEN"] = token


def train(loss):
    mlflow.set_experiment(NAME)
    with mlflow.start_run(run_name=f"loss {loss}") as run:
        mlflow.log_metric("loss", loss)
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/secret.txt", "w") as f:
                f.write(str(loss))
            mlflow.log_artifact(folder + "/secret.txt")
    return run.info


def refused(what, call):
    try:
        found = call()
    except Exception as e:  # of several kinds, as the client wraps them
        assert "RESOURCE_DOES_NOT_EXIST" in f"{getattr(e, 'error_code', '')} {e}", (what, e)
        return
    raise AssertionError(f"{what}: {found}")


def sees_only(own, name):
    assert client.get_experiment_by_name(NAME).experiment_id == own.experiment_id
    assert [e.experiment_id for e in client.search_experiments() if e.name == NAME] == [own.experiment_id]
    assert [r.info.run_id for r in client.search_runs([own.experiment_id])] == [own.run_id]
    assert [r.info.run_name for r in client.search_runs([own.experiment_id], "metrics.loss > 0")] == [name]


be(OURS)
ours = train(1)
default = client.get_experiment("0")
with mlflow.start_run(experiment_id="0", run_name="ours without an experiment") as in_default:
    pass
be(OTHERS)
others = train(2)
assert others.experiment_id != ours.experiment_id
sees_only(others, "loss 2")
assert in_default.info.run_id not in [r.info.run_id for r in client.search_runs(["0"])]

refused("their experiment", lambda: client.get_experiment(ours.experiment_id))
refused("their run", lambda: client.get_run(ours.run_id))
refused("a metric of theirs", lambda: client.log_metric(ours.run_id, "loss", 9))
refused("a tag of theirs", lambda: client.set_tag(ours.run_id, "mlflow.note.content", "x"))
refused("the end of theirs", lambda: client.set_terminated(ours.run_id, "FAILED"))
refused("a deletion of theirs", lambda: client.delete_run(ours.run_id))
refused("their experiment's deletion", lambda: client.delete_experiment(ours.experiment_id))
refused("their history", lambda: client.get_metric_history(ours.run_id, "loss"))
refused("a run in their experiment", lambda: client.create_run(ours.experiment_id))
refused("their artifacts", lambda: client.list_artifacts(ours.run_id))
refused("their file", lambda: mlflow.artifacts.download_artifacts(run_id=ours.run_id, artifact_path="secret.txt"))
refused(
    "their file by its address",
    lambda: mlflow.artifacts.download_artifacts(artifact_uri=ours.artifact_uri + "/secret.txt"),
)
with tempfile.TemporaryDirectory() as folder:
    with open(folder + "/secret.txt", "w") as f:
        f.write("overwritten")
    # This process remembers the address of their files; for whoever sends now it leads into a folder of their own.
    client.log_artifact(ours.run_id, folder + "/secret.txt")
try:
    found = client.search_runs([ours.experiment_id])
    assert list(found) == [], found
except MlflowException as e:
    assert e.error_code == "RESOURCE_DOES_NOT_EXIST", e

be(OURS)
sees_only(ours, "loss 1")
kept = client.get_run(ours.run_id)
assert kept.info.status == "FINISHED" and kept.data.metrics == {"loss": 1.0}, kept
with open(mlflow.artifacts.download_artifacts(run_id=ours.run_id, artifact_path="secret.txt")) as f:
    assert f.read() == "1"
assert in_default.info.run_id in [r.info.run_id for r in client.search_runs(["0"])]
assert client.get_experiment("0").name == default.name
print("ok")
