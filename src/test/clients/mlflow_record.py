"""Writes log-batch bodies as the real client sends them, one a line, 20 metrics at 50 steps each: 1,000 points.

usage: mlflow_record.py FILE COUNT         the run's id is written RUN_ID
"""

import json
import math
import sys

from mlflow.entities import Metric
from mlflow.protos.service_pb2 import LogBatch
from mlflow.utils.proto_json_utils import message_to_json

START_MS = 1_767_607_200_000
with open(sys.argv[1], "w") as out:
    for body in range(int(sys.argv[2])):
        metrics = []
        for step in range(body * 50, body * 50 + 50):
            for name in range(20):
                value = math.exp(-step / 1000) * (1 + name / 7)
                metrics.append(Metric(f"train/metric_{name}", value, START_MS + step * 250, step).to_proto())
        # The client sends the message as it prints it; a line each here only joins its lines.
        text = message_to_json(LogBatch(run_id="RUN_ID", metrics=metrics))
        out.write(json.dumps(text) + "\n")
