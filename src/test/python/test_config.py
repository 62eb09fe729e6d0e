"""Each setting does something: one test a field, and none is forgotten."""

import dataclasses
import io
import json
import os
import tempfile
import time
import unittest
import warnings
from contextlib import redirect_stderr
from unittest import mock

from support import FakeServer, Training, transformers

transformers()

from hf_eco2ai import CarbonConfig, Eco2AICallback  # noqa: E402
from hf_eco2ai import node as node_module  # noqa: E402

FAST = {"sample_s": 0.1, "interval_s": 1.0, "progress_s": 0.5, "print_report": False}


class FieldTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def train(self, steps=3, step_s=0.15, **given):
        settings = {**FAST, "spool_folder": os.path.join(self.folder, "spool"), **given}
        callback = Eco2AICallback(CarbonConfig(**settings))
        return Training(callback, os.path.join(self.folder, "out"), steps, step_s).run()

    def start(self, **given):
        """What the server is told of the run."""
        with FakeServer() as server:
            self.train(server=server.url, token="t", **given)
            return server.of("/runs")[0], server

    def test_every_field_has_a_test(self):
        fields = {field.name for field in dataclasses.fields(CarbonConfig)}
        tested = {name[len("test_") :] for name in dir(self) if name.startswith("test_")}
        self.assertEqual(set(), fields - tested)

    def test_server(self):
        _, server = self.start()
        self.assertEqual({"hf_eco2ai"}, {client.split("/")[0] for client in server.clients})
        self.assertEqual("FINISHED", server.of("/finish")[0]["status"])
        self.assertIsNone(self.train().callback.report.run_url)

    def test_token(self):
        _, server = self.start()
        self.assertEqual("Bearer t", server.calls[0][1])

    def test_project(self):
        self.assertEqual("speech", self.start(project="speech")[0]["project"])

    def test_experiment(self):
        self.assertEqual("base", self.start(experiment="base")[0]["experiment"])

    def test_name(self):
        self.assertEqual("mine", self.start(name="mine")[0]["name"])
        self.assertEqual("named", self.start()[0]["name"])

    def test_external_id(self):
        self.assertEqual("x1", self.start(external_id="x1")[0]["external_id"])

    def test_parent_id(self):
        self.assertEqual("p1", self.start(parent_id="p1")[0]["parent_id"])
        self.assertNotIn("parent_id", self.start()[0])

    def test_tags(self):
        self.assertEqual({"a": "b"}, self.start(tags={"a": "b"})[0]["tags"])

    def test_zone(self):
        with_zone, without = self.train(zone="DE"), self.train()
        self.assertGreater(with_zone.logs[-1]["emissions_kg_co2e"], 0)
        self.assertEqual("DE", with_zone.callback.report.factor["zone"])
        self.assertNotIn("emissions_kg_co2e", without.logs[-1])
        self.assertIn("no factor is known", self.train(zone="nowhere").err)

    def test_enabled(self):
        self.assertIsNone(self.train(enabled=False).callback.report)

    def test_measure(self):
        self.assertGreater(self.train().callback.report.energy_kwh, 0)
        self.assertIsNone(self.train(measure=False).callback.report.energy_kwh)

    def test_sample_s(self):
        counts = []
        for sample_s in (0.1, 5.0):
            with mock.patch.object(node_module.Sampler, "tick", autospec=True, side_effect=node_module.Sampler.tick) as tick:
                self.train(sample_s=sample_s, step_s=0.4)
                counts.append(tick.call_count)
        self.assertGreater(counts[0], counts[1] + 3)

    def test_interval_s(self):
        short, long = self.start(step_s=1.2)[1], self.start(step_s=1.2, interval_s=600)[1]
        self.assertGreater(len(short.of("/measurements")), 2)
        self.assertEqual(1, len(long.of("/measurements")))

    def test_progress_s(self):
        often, seldom = self.start(step_s=0.8)[1], self.start(step_s=0.8, progress_s=3600)[1]
        self.assertGreaterEqual(len(often.of("/progress")), 3)
        self.assertLessEqual(len(seldom.of("/progress")), 2)  # the first, and the last before the end
        self.assertEqual({"loss": 0.5}, {name: often.of("/progress")[-1]["metrics"][name] for name in ("loss",)})
        self.assertEqual(3, often.of("/progress")[-1]["step"])

    def test_log_to_trainer(self):
        self.assertIn("energy_kwh", self.train().logs[-1])
        self.assertNotIn("energy_kwh", self.train(log_to_trainer=False).logs[-1])

    def test_log_prefix(self):
        self.assertIn("carbon/energy_kwh", self.train(log_prefix="carbon/").logs[-1])

    def test_send_params(self):
        self.assertEqual("tiny", self.start()[0]["params"]["model_type"])
        self.assertEqual({}, self.start(send_params=False)[0]["params"])

    def test_print_report(self):
        self.assertIn("Wh on this node", self.train(print_report=True).err)
        self.assertNotIn("Wh on this node", self.train(print_report=False).err)

    def test_report_file(self):
        usual = os.path.join(self.folder, "out", "hf_eco2ai.json")
        self.train(report_file="-")
        self.assertFalse(os.path.exists(usual))
        self.train()
        with open(usual, encoding="utf-8") as file:
            self.assertEqual(3, json.load(file)["steps"])
        other = os.path.join(self.folder, "deep", "er.json")
        self.train(report_file=other)
        self.assertTrue(os.path.exists(other))

    def test_spool_folder(self):
        here = os.path.join(self.folder, "here")
        trained = self.train(server="http://127.0.0.1:9", spool_folder=here)
        self.assertEqual(1, len(os.listdir(here)))
        self.assertIn("is kept in " + here, " ".join(trained.callback.report.notes))

    def test_spool_mb(self):
        here = os.path.join(self.folder, "here")
        trained = self.train(server="http://127.0.0.1:9", spool_folder=here, spool_mb=0)
        self.assertFalse(os.path.exists(here))
        self.assertIn("the rest is lost", " ".join(trained.callback.report.notes))

    def test_finish_timeout_s(self):
        with FakeServer(mute=True) as server:
            seconds = []
            for limit in (0.2, 2.0):
                begun = time.monotonic()
                self.train(steps=1, server=server.url, finish_timeout_s=limit)
                seconds.append(time.monotonic() - begun)
        self.assertLess(seconds[0], 2.0)
        self.assertGreater(seconds[1], 2.0)


class EnvironmentTests(unittest.TestCase):
    def test_a_field_comes_from_the_environment_unless_it_is_given(self):
        with mock.patch.dict(os.environ, HFECO2AI_PROJECT="speech", HFECO2AI_TAGS="a=b, c=d", HFECO2AI_MEASURE="off"):
            config = CarbonConfig()
            self.assertEqual(("speech", {"a": "b", "c": "d"}, False), (config.project, config.tags, config.measure))
            self.assertEqual("other", CarbonConfig(project="other").project)

    def test_a_mistake_in_the_environment_is_said_and_not_used(self):
        with mock.patch.dict(os.environ, HFECO2AI_INTERVAL_S="ten"), warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            self.assertEqual(10.0, CarbonConfig().interval_s)
            self.assertIn("HFECO2AI_INTERVAL_S", str(said[0].message))

    def test_a_wrong_argument_names_the_field(self):
        for wrong in ({"interval_s": 0}, {"server": "host:8080"}, {"project": " "}):
            with self.assertRaisesRegex(ValueError, next(iter(wrong))), redirect_stderr(io.StringIO()):
                CarbonConfig(**wrong)


if __name__ == "__main__":
    unittest.main()
