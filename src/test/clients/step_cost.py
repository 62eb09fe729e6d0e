"""What the callbacks cost in each step at a given pace: the calls themselves, a log each tenth step included.

usage: python step_cost.py [STEPS] [STEP_MS]      needs no trainer; sampling and reporting threads run as in a training
"""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
from support import FakeServer, Training, transformers  # noqa: E402

transformers()
from hf_eco2ai import CarbonBudgetCallback, CarbonConfig, Eco2AICallback  # noqa: E402

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 600
step_ms = float(sys.argv[2]) if len(sys.argv) > 2 else 100.0


with FakeServer() as server, tempfile.TemporaryDirectory() as folder:
    config = CarbonConfig(server=server.url, token="t", spool_folder=folder, print_report=False)
    callback, budget = Eco2AICallback(config), CarbonBudgetCallback(limit_kwh=1e6, action="stop")
    training = Training(callback, folder)
    args, state, control = training.args, training.state, training.control
    callback.on_train_begin(args, state, control, model=training.model)
    calls = []
    process, begun = time.process_time(), time.perf_counter()
    for step in range(1, steps + 1):
        time.sleep(step_ms / 1e3)
        state.global_step = step
        at = time.perf_counter()
        callback.on_step_end(args, state, control)
        budget.on_step_end(args, state, control)
        if step % 10 == 0:
            callback.on_log(args, state, control, logs={"loss": 0.5})
        calls.append(time.perf_counter() - at)
    wall = time.perf_counter() - begun
    cpu = time.process_time() - process
    callback.on_train_end(args, state, control)

calls.sort()
mean = sum(calls) / len(calls)
print(f"BENCH callback calls, {1e3 / step_ms:.0f} steps/s, {steps} steps: mean {mean * 1e6:.1f} us, "
      f"p50 {calls[len(calls) // 2] * 1e6:.1f} us, p99 {calls[int(len(calls) * 0.99)] * 1e6:.1f} us, "
      f"{mean / (wall / steps) * 100:.4f} % of step time")
print(f"BENCH all threads of the process: {cpu / wall * 100:.2f} % of a core")
