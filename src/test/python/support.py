"""What the tests share: a server that keeps what it is told, a trainer's life without a trainer, a machine of files."""

import contextlib
import http.server
import io
import json
import os
import sys
import threading
import time
import types
from types import SimpleNamespace


class FakeServer:
    """Answers like an HF Eco2AI server. ``status``: of every answer; ``mute``: never answers at all."""

    def __init__(self, status=200, watched=False, mute=False, port=0):
        self.calls, self.clients = [], set()
        self.status, self.watched, self.mute = status, watched, mute
        self.reason = None
        self.progress = {"energy_kwh": 1.5, "emissions_kg_co2e": 0.6, "power_w": 300.0, "budget": {"action": "continue"}}
        self.footprint = {"energy_kwh": 1.5, "emissions_kg_co2e": 0.6, "quality": {"unknown_kwh": 0}}
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.clients.add(self.headers["User-Agent"])
                fake.calls.append((self.path, self.headers["Authorization"], body))
                self.answer(fake.body(self.path))

            def do_GET(self):
                self.answer(fake.footprint)

            def answer(self, body):
                if fake.mute:
                    time.sleep(8)
                content = json.dumps(body if fake.status == 200 else {"detail": "no"}).encode()
                with contextlib.suppress(OSError):
                    self.send_response(fake.status)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def body(self, path):
        if path == "/api/v1/runs":
            return {"id": "r1", "url": self.url + "/runs/r1", "member_id": "m0", "node_watched": self.watched}
        if path.endswith("/members"):
            return {"member_id": f"m{len(self.of('/members'))}"}
        if path.endswith("/progress"):
            return self.progress
        if path.endswith("/finish"):
            return {"footprint": self.footprint}
        return {"accepted": 1, "rejected": [{"index": 0, "reason": self.reason}] if self.reason else []}

    def of(self, ending):
        """The bodies of the calls whose path ends so."""
        return [body for path, _, body in list(self.calls) if path.endswith(ending)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def transformers():
    """The real package where it is installed, else what the callbacks need of it."""
    try:
        import transformers as real

        return real
    except ImportError:
        stub = types.ModuleType("transformers")
        stub.TrainerCallback = type("TrainerCallback", (), {})
        stub.__version__ = "0"
        sys.modules["transformers"] = stub
        return stub


class Training:
    """Calls a callback as Trainer does."""

    def __init__(self, callback, folder, steps=3, step_s=0.1, start=0):
        self.callback, self.folder, self.steps, self.step_s = callback, folder, steps, step_s
        self.args = SimpleNamespace(
            output_dir=folder,
            run_name="named",
            train_batch_size=2,
            per_device_train_batch_size=2,
            gradient_accumulation_steps=4,
            world_size=1,
            n_gpu=0,
            resume_from_checkpoint=None,
            learning_rate=0.1,
        )
        self.state = SimpleNamespace(
            global_step=start, epoch=0.0, max_steps=steps, log_history=[], num_input_tokens_seen=7
        )
        self.control = SimpleNamespace(should_save=False, should_training_stop=False)
        self.model = SimpleNamespace(config=SimpleNamespace(model_type="tiny"), parameters=lambda: [])
        self.logs = []
        self.err = ""

    def run(self, end=True):
        with contextlib.redirect_stderr(io.StringIO()) as err:
            self.callback.on_train_begin(self.args, self.state, self.control, model=self.model)
            for _ in range(self.steps):
                time.sleep(self.step_s)
                self.state.global_step += 1
                self.callback.on_step_end(self.args, self.state, self.control)
                logs = {"loss": 0.5, "bad": float("nan")}
                self.callback.on_log(self.args, self.state, self.control, logs=logs)
                self.logs.append(logs)
            if end:
                self.callback.on_train_end(self.args, self.state, self.control)
        self.err = err.getvalue()
        return self


def write(root, files):
    """A machine as files: path → content."""
    for path, content in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(content)
