"""A limit for one training. It fails open: no figure, a figure of unknown quality, or no agreement never stops anything."""

import sys
from dataclasses import dataclass
from typing import Any, Optional, Tuple

from .ranks import torch_distributed
from .run import Run, current

CONTINUE, WARN, STOP = "continue", "warn", "stop"
_AGREE_WAIT_S = 60.0


@dataclass(frozen=True)
class Spent:
    """``ratio``: of the limit; None when it cannot be told well enough."""

    ratio: Optional[float]
    why_unknown: str = ""


class CarbonBudget:
    """Limits in kg CO2e and kWh for the whole run; without one only the server's budget counts.

    ``action``: what is done when it is used up, ``warn`` (say so, once) or ``stop`` (save a checkpoint and stop).
    ``check_every_steps``: with several processes they agree in these steps, by one small all-reduce; all of them need
    the same budget then.
    """

    def __init__(
        self,
        limit_kg: Optional[float] = None,
        limit_kwh: Optional[float] = None,
        action: str = WARN,
        check_every_steps: int = 10,
    ) -> None:
        for name, limit in (("limit_kg", limit_kg), ("limit_kwh", limit_kwh)):
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} must be above 0, was {limit!r}")
        if action not in (WARN, STOP):
            raise ValueError(f"action must be warn or stop, was {action!r}")
        if check_every_steps < 1:
            raise ValueError(f"check_every_steps must be 1 or more, was {check_every_steps!r}")
        self.limit_kg, self.limit_kwh, self.action, self.check_every_steps = (
            limit_kg,
            limit_kwh,
            action,
            check_every_steps,
        )
        self._collective: Optional[bool] = None
        self._warned = False

    def begin(self, run: Optional[Run]) -> None:
        self._collective, self._warned = None, False
        if run is not None:
            run.ranks.leave(f"budget/{run.ranks.rank}", {"check_every_steps": self.check_every_steps})

    def stop_now(self, step: int) -> bool:
        """Asked after each step. True in the same step for all processes, or for none. Never raises."""
        if step % self.check_every_steps:
            return False
        run = current()
        if run is None:
            return False
        try:
            wish, used_up = self._wish(run)
            if used_up and not self._warned:
                self._warned = True
                run.once("the carbon budget of this run is used up" + ("" if wish == WARN else "; training stops"))
            elif wish == WARN and not used_up:
                run.once("a carbon budget on the server that counts this run warns: see its page there")
            return self._agreed(run, wish == STOP)
        except Exception as problem:
            run.once(f"the budget is not checked: {problem!r}")
            return False

    def _wish(self, run: Run) -> Tuple[str, bool]:
        told = run.reporter.latest() if run.reporter else None
        server = (told or {}).get("budget") or {}
        spent = self.spent(run)
        if spent.why_unknown:
            run.once("budget: " + spent.why_unknown)
        over = (spent.ratio is not None and spent.ratio >= 1) or server.get("action") == STOP
        if over:
            return self.action, True
        return (WARN if server.get("action") == WARN else CONTINUE), False

    def spent(self, run: Run) -> Spent:
        """How much of the limit this run has used."""
        if self.limit_kg is None and self.limit_kwh is None:
            return Spent(None)
        energy, kg, why = _known(run)
        if energy is None:
            return Spent(None, why)
        ratios = []
        if self.limit_kwh is not None:
            ratios.append(energy / self.limit_kwh)
        if self.limit_kg is not None:
            if kg is None:
                why = "emissions are unknown, so the limit in kg cannot be checked: set the zone"
            else:
                ratios.append(kg / self.limit_kg)
        return Spent(max(ratios) if ratios else None, why if not ratios else "")

    def _agreed(self, run: Run, stop: bool) -> bool:
        """Rank 0 decides, all take it in the same step."""
        if run.ranks.world_size == 1:
            return stop
        if self._collective is None:
            self._collective = run.ranks.all_left("budget", _AGREE_WAIT_S)
            if not self._collective:
                run.once("not every process has the budget callback: it stops nothing")
        distributed = torch_distributed()
        if not self._collective or distributed is None:
            return False
        torch = sys.modules["torch"]
        nccl = "nccl" in str(distributed.get_backend())
        flag = torch.tensor([1.0 if stop and run.ranks.leads_run else 0.0], device="cuda" if nccl else "cpu")
        distributed.all_reduce(flag)
        return bool(flag.item() > 0)


def _known(run: Run) -> Tuple[Optional[float], Optional[float], str]:
    """(kWh, kg, why not): of the whole run, and only when the quality of all of it is known."""
    metrics = run.metrics()
    if metrics.scope == "run":
        if run.reporter is not None:
            run.reporter.want_footprint = True
            footprint: Any = run.reporter.latest_footprint() or {}
            quality = footprint.get("quality") or {}
            if footprint.get("energy_kwh") is None or (quality.get("unknown_kwh") or 0) > 0:
                return None, None, "" if not footprint else "a part of the energy is of unknown quality"
            return footprint["energy_kwh"], footprint.get("emissions_kg_co2e"), ""
        return None, None, ""
    if run.nodes > 1:
        return None, None, "this run is on several nodes, and only a server knows them all"
    if any(total.whole and total.run_j > 0 for total in run.account.totals()):
        return None, None, "it is not known how much of a device this run uses"
    return metrics.energy_kwh, metrics.emissions_kg_co2e, ""
