"""One training as its process sees it: begins, steps, shows figures, ends.

``begin``, ``step``, ``metrics`` and ``finish`` are called by the trainer's thread and never raise; what can wait is done by
the threads of ``Node`` and ``Reporter``.
"""

import atexit
import os
import sys
import time
import uuid
from typing import Any, Dict, List, Optional

from . import messages
from .account import Account
from .config import CarbonConfig
from .messages import RunStart
from .metrics import CarbonMetrics
from .node import Node
from .ranks import Ranks
from .report import Report
from .reporter import Reporter
from .sensors import Selection
from .tables import Factor, yearly_factor

_JOIN_S = 3.0

_current: "Optional[Run]" = None


def current() -> "Optional[Run]":
    """The training that goes on in this process."""
    return _current


def say(text: str) -> None:
    print("hf_eco2ai: " + text, file=sys.stderr, flush=True)


class Run:
    """``host``: this machine and its sensors, given by tests; None: looked for here."""

    def __init__(self, config: CarbonConfig, ranks: Optional[Ranks] = None, host: Optional[Selection] = None) -> None:
        self.config = config
        self.ranks = ranks or Ranks.here()
        self.step_now = 0
        self.epoch_now: Optional[float] = None
        self.samples: Optional[int] = None
        self.tokens: Optional[int] = None
        self.last_logs: Dict[str, float] = {}
        self.factor: Optional[Factor] = None
        self.report: Optional[Report] = None
        self._given = host
        self._node: Optional[Node] = None
        self._nothing = Account()
        self._pid = os.getpid()
        self._started = time.monotonic()
        self._said: "set[str]" = set()
        self._finished = False

    def begin(
        self,
        name: Optional[str] = None,
        params: Optional[Dict[str, Any]] = None,
        external_id: Optional[str] = None,
        gpu_indices: Optional[List[int]] = None,
    ) -> None:
        """``external_id``: of the run that is continued; None for a new one. ``gpu_indices``: torch's numbers of the
        boards that this process drives; None: ask torch."""
        global _current
        try:
            _current = self
            if self.config.zone:
                self.factor = yearly_factor(self.config.zone)
                if self.factor is None:
                    self.once(f"no factor is known for zone {self.config.zone!r}: energy is told without emissions")
            start = self._start(name, params or {}, external_id)
            ranks, progress = self.ranks, self._progress
            self._node = Node(self.config, ranks, self._pid, start, gpu_indices, progress, self.once, self._given)
            atexit.register(self._at_exit)
        except Exception as problem:
            self.once(f"not measured: {problem!r}")

    def step(self, step: int, epoch: Optional[float] = None, samples: Optional[int] = None) -> None:
        """Cheap: is called in every step."""
        self.step_now, self.epoch_now, self.samples = step, epoch, samples

    def metrics(self) -> CarbonMetrics:
        """The figures so far. The server's where it alone knows the whole run, else this node's."""
        duration = self.duration_s
        told = self._server_figures()
        if told is not None:
            energy = _figure(told.get("energy_kwh"))
            emissions, power = _figure(told.get("emissions_kg_co2e")), _figure(told.get("power_w"))
            return CarbonMetrics(
                energy, power, emissions, self.samples, self._per_kwh(energy), duration, scope="run"
            )
        joules, measured = self.account.run_joules()
        energy = None if joules is None else joules / 3.6e6
        emissions = None if energy is None or self.factor is None else energy * self.factor.g_per_kwh / 1e3
        measured_kwh = None if measured is None else measured / 3.6e6
        power = self.account.power_w
        return CarbonMetrics(
            energy, power, emissions, self.samples, self._per_kwh(energy), duration, measured_kwh, "node"
        )

    def finish(self, status: str) -> Optional[Report]:
        """``status``: FINISHED, FAILED or KILLED. Waits some seconds at most; the second call does nothing."""
        global _current
        if self._finished:
            return None
        self._finished = True
        try:
            _current = None if _current is self else _current
            atexit.unregister(self._at_exit)
            if self._node is not None:
                self._node.stop(_JOIN_S)
            reporter = self.reporter
            if reporter is not None:
                ended_ms = max(int(time.time() * 1000), self.started_ms)
                last = messages.finish(status, ended_ms) if self.ranks.leads_run else None
                reporter.finish(last, self.config.finish_timeout_s)
            if self.ranks.leads_node:
                self.report = Report.of(self, status)
            return self.report
        except Exception as problem:
            self.once(f"the end was not reported: {problem!r}")
            return None

    def once(self, text: str) -> None:
        """Says it to a person, once."""
        if text not in self._said:
            self._said.add(text)
            say(text)

    @property
    def account(self) -> Account:
        return self._node.account if self._node else self._nothing

    @property
    def reporter(self) -> Optional[Reporter]:
        """None without a server, and on processes that do not lead their node."""
        return self._node.reporter if self._node else None

    @property
    def external_id(self) -> Optional[str]:
        """The run's id of our own; None while rank 0 was not found yet."""
        return (self._node.start.external_id or None) if self._node else None

    @property
    def started_ms(self) -> int:
        return self._node.start.started_ms if self._node else 0

    @property
    def duration_s(self) -> float:
        return time.monotonic() - self._started

    @property
    def nodes(self) -> int:
        """How many machines the known processes of this run are on."""
        members = list(self._node.members.values()) if self._node else []
        return len({member.node_id for member in members})

    def _start(self, name: Optional[str], params: Dict[str, Any], external_id: Optional[str]) -> RunStart:
        """Its external id is empty where rank 0 will tell it."""
        config = self.config
        chosen = config.external_id or external_id
        if chosen is None and not self.ranks.connected:
            chosen = self.ranks.shared_id
        if chosen is None and self.ranks.leads_run:
            chosen = "run-" + str(uuid.uuid4())
        sent = {key: str(content)[:500] for key, content in params.items() if content is not None}
        return RunStart(
            chosen or "",
            int(time.time() * 1000),
            config.project,
            config.experiment,
            (config.name or name or os.path.basename(sys.argv[0]) or "training")[:200],
            config.parent_id,
            dict(config.tags),
            sent if config.send_params else {},
        )

    def _progress(self) -> Optional[Dict[str, Any]]:
        if not self.ranks.leads_run:
            return None
        body: Dict[str, Any] = {"step": self.step_now, "metrics": dict(self.last_logs)}
        for name, figure in (("epoch", self.epoch_now), ("samples", self.samples), ("tokens", self.tokens)):
            if figure is not None:
                body[name] = figure
        return body

    def _server_figures(self) -> Optional[Dict[str, Any]]:
        """Only where this process cannot know: another sensor has the node, or the run is on several."""
        reporter = self.reporter
        if reporter is None:
            return None
        handed_over = reporter.outbox.node_watched or not self.config.measure
        return reporter.latest() if handed_over or self.nodes > 1 else None

    def _per_kwh(self, energy_kwh: Optional[float]) -> Optional[float]:
        return self.samples / energy_kwh if self.samples and energy_kwh else None

    def _at_exit(self) -> None:
        """The program ends and the trainer never said so: an exception went through, or it was interrupted."""
        if os.getpid() == self._pid:  # not in a forked child
            interrupted = getattr(sys, "last_type", None) is KeyboardInterrupt
            report = self.finish("KILLED" if interrupted else "FAILED")
            if report is not None and self.config.print_report:
                report.print()


def _figure(content: Any) -> Optional[float]:
    return float(content) if isinstance(content, (int, float)) and not isinstance(content, bool) else None
