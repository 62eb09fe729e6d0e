"""A budget stops only when it is sure."""

import contextlib
import io
import unittest
from types import SimpleNamespace
from unittest import mock

from support import transformers

transformers()

from hf_eco2ai import CarbonMetrics  # noqa: E402
from hf_eco2ai import budget as module  # noqa: E402
from hf_eco2ai import CarbonBudgetCallback  # noqa: E402
from hf_eco2ai.budget import CarbonBudget  # noqa: E402


class Totals:
    def __init__(self, whole):
        self.whole = whole

    def totals(self):
        return [SimpleNamespace(whole=self.whole, run_j=1.0)]


def run_with(metrics, nodes=1, whole=False, reporter=None, world=1):
    said = []
    return SimpleNamespace(
        metrics=lambda: metrics,
        account=Totals(whole),
        reporter=reporter,
        nodes=nodes,
        ranks=SimpleNamespace(world_size=world, rank=0, leads_run=True, all_left=lambda *_: False, leave=lambda *_: None),
        once=said.append,
        said=said,
    )


def reporter(action=None, unknown_kwh=0.0, energy_kwh=2.0):
    budget = {"budget": {"action": action, "used_ratio": 1.1}} if action else {}
    footprint = {"energy_kwh": energy_kwh, "emissions_kg_co2e": 1.0, "quality": {"unknown_kwh": unknown_kwh}}
    return SimpleNamespace(latest=lambda: budget, latest_footprint=lambda: footprint, want_footprint=False)


class BudgetTests(unittest.TestCase):
    def stops(self, run, budget=None, step=10):
        budget = budget or CarbonBudget(limit_kwh=1.0, action="stop")
        with mock.patch.object(module, "current", lambda: run):
            return budget.stop_now(step)

    def test_a_limit_that_is_used_up_stops_and_only_then(self):
        self.assertTrue(self.stops(run_with(CarbonMetrics(1.0))))
        self.assertFalse(self.stops(run_with(CarbonMetrics(0.999))))

    def test_warning_is_the_default_and_never_stops(self):
        run = run_with(CarbonMetrics(5.0))
        self.assertFalse(self.stops(run, CarbonBudget(limit_kwh=1.0)))
        self.assertIn("used up", run.said[0])

    def test_a_limit_in_kg_needs_a_zone(self):
        kg = CarbonBudget(limit_kg=1.0, action="stop")
        self.assertTrue(self.stops(run_with(CarbonMetrics(5.0, emissions_kg_co2e=1.0)), kg))
        unknown = run_with(CarbonMetrics(5.0))
        self.assertFalse(self.stops(unknown, kg))
        self.assertIn("set the zone", unknown.said[0])

    def test_it_fails_open(self):
        self.assertFalse(self.stops(None))
        self.assertFalse(self.stops(run_with(CarbonMetrics(None))))
        self.assertFalse(self.stops(run_with(CarbonMetrics(5.0), nodes=2)))
        self.assertFalse(self.stops(run_with(CarbonMetrics(5.0), whole=True)))
        broken = run_with(CarbonMetrics(5.0))
        broken.metrics = lambda: 1 / 0
        self.assertFalse(self.stops(broken))

    def test_energy_of_unknown_quality_never_stops(self):
        whole_run = CarbonMetrics(2.0, scope="run")
        self.assertTrue(self.stops(run_with(whole_run, reporter=reporter())))
        self.assertFalse(self.stops(run_with(whole_run, reporter=reporter(unknown_kwh=0.1))))

    def test_a_warning_of_the_server_is_said_and_stops_nothing_and_a_later_stop_is_said_too(self):
        run = run_with(CarbonMetrics(0.1), reporter=reporter("warn"))
        budget = CarbonBudget(action="stop")
        self.assertFalse(self.stops(run, budget))
        self.assertIn("warns", run.said[-1])
        run.reporter = reporter("stop")
        self.assertTrue(self.stops(run, budget))
        self.assertIn("training stops", run.said[-1])

    def test_the_servers_budget_counts_when_stopping_was_opted_in(self):
        run = run_with(CarbonMetrics(0.1), reporter=reporter("stop"))
        self.assertTrue(self.stops(run, CarbonBudget(action="stop")))
        self.assertFalse(self.stops(run, CarbonBudget()))
        self.assertFalse(self.stops(run_with(CarbonMetrics(0.1), reporter=reporter()), CarbonBudget(action="stop")))

    def test_without_agreement_of_all_processes_nothing_stops(self):
        run = run_with(CarbonMetrics(5.0), world=2)
        self.assertFalse(self.stops(run))
        self.assertIn("not every process", " ".join(run.said))

    def test_it_looks_every_so_many_steps(self):
        self.assertFalse(self.stops(run_with(CarbonMetrics(5.0)), step=11))

    def test_the_callback_saves_before_it_stops(self):
        control = SimpleNamespace(should_save=False, should_training_stop=False)
        callback = CarbonBudgetCallback(limit_kwh=1.0, action="stop", check_every_steps=1)
        run = run_with(CarbonMetrics(5.0))
        with mock.patch.object(module, "current", lambda: run), contextlib.redirect_stderr(io.StringIO()):
            callback.on_step_end(None, SimpleNamespace(global_step=7), control)
        self.assertTrue(control.should_save and control.should_training_stop)
        self.assertEqual(7, callback.stopped_at_step)

    def test_wrong_limits_name_the_field(self):
        for wrong in ({"limit_kg": 0}, {"limit_kwh": -1}, {"action": "kill"}, {"check_every_steps": 0}):
            with self.assertRaisesRegex(ValueError, next(iter(wrong))):
                CarbonBudget(**wrong)


if __name__ == "__main__":
    unittest.main()
