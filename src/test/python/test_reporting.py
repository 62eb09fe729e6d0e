"""A server that is well, watches the node, refuses, is not there, or comes back."""

import os
import socket
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from support import FakeServer, Training, transformers

transformers()

from hf_eco2ai import CarbonConfig, Eco2AICallback  # noqa: E402
from hf_eco2ai.account import Piece  # noqa: E402
from hf_eco2ai.device import Device, Interval  # noqa: E402
from hf_eco2ai.host import Host  # noqa: E402
from hf_eco2ai.messages import measurements  # noqa: E402
from hf_eco2ai.outbox import Outbox  # noqa: E402
from hf_eco2ai.spool import Spool  # noqa: E402


class ReportingTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.spool = os.path.join(self.folder, "spool")

    def train(self, url, steps=3, callback=None, end=True, start=0, step_s=0.5):
        config = CarbonConfig(
            server=url,
            token="t",
            sample_s=0.1,
            interval_s=1.0,
            progress_s=0.5,
            spool_folder=self.spool,
            print_report=False,
        )
        callback = callback or Eco2AICallback(config)
        return Training(callback, os.path.join(self.folder, "out"), steps, step_s, start).run(end)

    def test_energy_and_usage_are_sent_in_order(self):
        with FakeServer() as server:
            report = self.train(server.url).callback.report
        paths = [path for path, _, _ in server.calls if not path.endswith("/progress")]
        self.assertEqual("/api/v1/runs", paths[0])
        self.assertEqual("/api/v1/runs/r1/finish", paths[-1])
        sent = server.of("/measurements")
        intervals = [row for body in sent for row in body["measurements"]]
        self.assertTrue(intervals)
        joules = sum(row["energy_j"] for row in intervals)
        self.assertAlmostEqual(sum(device["machine_j"] for device in report.devices), joules, delta=0.02 * joules)
        for row in (row for body in sent for row in body["usage"]):
            self.assertEqual("m0", row["member_id"])
            self.assertTrue(0 <= row["weight"] <= 1)
            self.assertNotIn("rank", row)
        self.assertEqual(1.5, report.footprint["energy_kwh"])

    def test_a_watched_node_is_told_no_energy_and_the_servers_figures_are_shown(self):
        with FakeServer(watched=True) as server:
            training = self.train(server.url, steps=5)
        self.assertTrue(server.of("/measurements"))
        self.assertTrue(all(not body["measurements"] and body["usage"] for body in server.of("/measurements")))
        self.assertEqual(1.5, training.logs[-1]["energy_kwh"])
        self.assertEqual(0.6, training.logs[-1]["emissions_kg_co2e"])

    def test_an_agent_that_comes_while_it_trains_takes_over(self):
        with FakeServer() as server:
            server.reason = "this node is measured by its agent; send usage only"
            training = self.train(server.url, steps=7)
        sent = server.of("/measurements")
        self.assertTrue(sent[0]["measurements"])
        self.assertEqual([[]] * (len(sent) - 1), [body["measurements"] for body in sent[1:]])
        self.assertEqual(1.5, training.logs[-1]["energy_kwh"])

    def test_what_a_dead_server_did_not_get_is_sent_with_the_next_run(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        lost = self.train(f"http://127.0.0.1:{port}").callback.report
        self.assertEqual(1, len(os.listdir(self.spool)))
        with FakeServer(port=port) as server:
            notes = self.train(server.url).callback.report.notes
        self.assertIn("sent 1 run kept from before", notes)
        self.assertEqual([], os.listdir(self.spool))
        starts = [body["external_id"] for body in server.of("/runs")]
        self.assertIn(lost.external_id, starts)
        self.assertEqual(2, len(server.of("/finish")))

    def test_a_refused_run_is_said_and_not_kept(self):
        with FakeServer(status=400) as server:
            report = self.train(server.url).callback.report
        self.assertIn("the run is not on the server", " ".join(report.notes))
        self.assertFalse(os.path.exists(self.spool))

    def test_a_wrong_token_is_said_and_the_run_kept(self):
        with FakeServer(status=401) as server:
            report = self.train(server.url).callback.report
        self.assertIn("HTTP 401", " ".join(report.notes))
        self.assertEqual(1, len(os.listdir(self.spool)))

    def test_a_resumed_training_continues_the_run(self):
        with FakeServer() as server:
            first = self.train(server.url, end=False)
            checkpoint = os.path.join(self.folder, "out", "checkpoint-3")
            os.makedirs(checkpoint)
            first.callback.on_save(first.args, first.state, first.control)
            first.callback.on_train_end(first.args, first.state, first.control)
            second = self.train(server.url, start=3)
            third = self.train(server.url)
        ids = [body["external_id"] for body in server.of("/runs")]
        self.assertEqual(ids[0], ids[1])
        self.assertNotEqual(ids[0], ids[2])
        self.assertEqual(24, second.callback.report.samples)  # of this attempt: 3 steps of 2 × 4
        self.assertIsNotNone(third.callback.report)

    def test_the_spool_is_bounded_and_the_oldest_goes_first(self):
        device = Device("d", "cpu", "d", "chip", "measured", "rapl", 0.05)
        outbox = Outbox()
        for seq in range(50):
            piece = Piece(Interval(device, seq * 1000, seq * 1000 + 1000, 5, 1000, seq), None)
            outbox.add(measurements(Host("n", "b", "h"), [piece], []))
        spool = Spool(self.spool, 60_000)
        for name in ("1", "2", "3", "4"):
            spool.keep(name, "http://h", outbox)
        sizes = [os.path.getsize(os.path.join(self.spool, name)) for name in os.listdir(self.spool)]
        self.assertLessEqual(sum(sizes), 60_000)
        self.assertIn("4.jsonl", os.listdir(self.spool))
        self.assertNotIn("1.jsonl", os.listdir(self.spool))

    def test_a_failing_sensor_never_reaches_the_training(self):
        with mock.patch("hf_eco2ai.node.discover", side_effect=RuntimeError("broken")):
            training = self.train(None)
        self.assertIn("not measured any more: RuntimeError('broken')", training.err)
        self.assertIsNone(training.callback.report.energy_kwh)

    def test_a_program_that_ends_by_an_exception_ends_its_run_as_failed(self):
        with FakeServer() as server:
            script = (
                "from hf_eco2ai.run import Run; from hf_eco2ai import CarbonConfig; import time\n"
                f"run = Run(CarbonConfig(server={server.url!r}, token='t', sample_s=0.1)); run.begin('x'); time.sleep(1)\n"
                "raise ValueError('gone')\n"
            )
            ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
        self.assertEqual(1, ended.returncode)
        self.assertEqual("FAILED", server.of("/finish")[0]["status"])


class ImportTests(unittest.TestCase):
    def test_importing_the_package_imports_no_trainer(self):
        script = (
            "import hf_eco2ai, sys; hf_eco2ai.CarbonConfig(); hf_eco2ai.CarbonMetrics()\n"
            "assert not {'torch', 'transformers', 'lightning', 'pytorch_lightning', 'numpy'} & set(sys.modules)\n"
            "assert 'Eco2AICallback' in dir(hf_eco2ai)"
        )
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
