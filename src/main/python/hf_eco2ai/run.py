"""One training as this process sees it: measures the node where it leads it, and reports.

``begin``, ``step``, ``metrics`` and ``finish`` are called by the trainer's thread and never raise; everything that can
wait is done by a thread of this object and by the reporter's.
"""

import atexit
import os
import sys
import threading
import time
import uuid
from typing import Any, Dict, List, Optional

from . import messages
from .account import Account, Piece
from .api import Api
from .config import CarbonConfig
from .messages import Member, RunStart
from .metrics import CarbonMetrics
from .ranks import Ranks, gpus, used_gpus
from .report import Report
from .reporter import Reporter
from .sampler import Sampler
from .sensors import Selection, discover, this_host
from .shares import ProcessShares
from .spool import Spool
from .tables import Factor, yearly_factor

_JOIN_S = 3.0
_FIND_RUN_S = 30.0
_EARLY_LOOKS = 10

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
        self.account = Account()
        self.external_id: Optional[str] = None
        self.step_now = 0
        self.epoch_now: Optional[float] = None
        self.samples: Optional[int] = None
        self.tokens: Optional[int] = None
        self.last_logs: Dict[str, float] = {}
        self.reporter: Optional[Reporter] = None
        self.factor: Optional[Factor] = None
        self.report: Optional[Report] = None
        self._given = host
        self._selection: Optional[Selection] = None
        self._pid = os.getpid()
        self._started = time.monotonic()
        self._started_ms = int(time.time() * 1000)
        self._stop = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._said: "set[str]" = set()
        self._members: Dict[int, Member] = {}
        self._held: List[messages.Message] = []
        self._registered = self._finished = False
        self._gpu_indices: Optional[List[int]] = None

    # ---- the trainer's thread ----

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
            self._gpu_indices = gpu_indices
            chosen = self.config.external_id or external_id
            if chosen is None and not self.ranks.connected:
                chosen = self.ranks.shared_id
            self.external_id = chosen or ("run-" + str(uuid.uuid4()) if self.ranks.leads_run else None)
            self._run = self._start_facts(name, params or {})
            if self.config.zone:
                self.factor = yearly_factor(self.config.zone)
                if self.factor is None:
                    self.once(f"no factor is known for zone {self.config.zone!r}: energy is told without emissions")
            self._thread = threading.Thread(target=self._work, name="hf_eco2ai", daemon=True)
            self._thread.start()
            atexit.register(self._at_exit)
        except Exception as problem:
            self.once(f"not measured: {problem!r}")

    def step(self, step: int, epoch: Optional[float] = None, samples: Optional[int] = None) -> None:
        """Cheap: is called in every step."""
        self.step_now, self.epoch_now, self.samples = step, epoch, samples

    def metrics(self) -> CarbonMetrics:
        """The figures so far. The server's where it alone knows the whole run, else this node's."""
        duration = time.monotonic() - self._started
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
            self._stop.set()
            if self._thread is not None:
                self._thread.join(_JOIN_S)
            if self.reporter is not None:
                ended_ms = max(int(time.time() * 1000), self._started_ms)
                last = messages.finish(status, ended_ms) if self.ranks.leads_run else None
                self.reporter.finish(last, self.config.finish_timeout_s)
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
    def started_ms(self) -> int:
        return self._started_ms

    @property
    def duration_s(self) -> float:
        return time.monotonic() - self._started

    @property
    def nodes(self) -> int:
        """How many machines the known processes of this run are on."""
        return len({member.node_id for member in list(self._members.values())})

    # ---- this object's thread ----

    def _work(self) -> None:
        try:
            selection = self._given or (discover() if self.config.measure else Selection(this_host(), []))
            self._selection = selection
            if not self._prepare(selection):
                return
            if self.config.measure:
                self._measure(selection)
            else:
                while not self._stop.wait(self.config.sample_s):
                    self._meet()
            self._meet()
        except Exception as problem:
            self.once(f"not measured any more: {problem!r}")
        finally:
            if self._selection is not None:
                self._selection.close()

    def _prepare(self, selection: Selection) -> bool:
        """Leaves this process's notes; false where another process leads the node."""
        host = selection.host
        gpus = [device.key for device in selection.devices if device.kind == "gpu"]
        devices = self._own_gpus(gpus)
        self._member = Member(self.ranks.rank, self._pid, host.node_id, host.boot_id, devices or [])
        self._gpus_known = devices is not None
        self.ranks.leave(f"member/{self.ranks.rank}", {**self._member.__dict__, "gpus_known": self._gpus_known})
        if self.ranks.leads_run:
            self.ranks.leave("run", {"external_id": self.external_id, "started_ms": self._started_ms})
        self._members[self.ranks.rank] = self._member
        self._shares = ProcessShares("/", host, [self._pid])
        self._folded = ProcessShares("/", host, [self._pid])
        if self.ranks.leads_node and self.config.server:
            spool = Spool(self.config.spool_folder, int(self.config.spool_mb * 1e6))
            name = f"{self._started_ms}-{self._pid}"
            api = Api(self.config.server, self.config.token)
            self.reporter = Reporter(api, spool, name, self._progress, self.config.progress_s)
        self._meet()
        return self.ranks.leads_node

    def _own_gpus(self, known: List[str]) -> Optional[List[str]]:
        return used_gpus(known) if self._gpu_indices is None else gpus(self._gpu_indices, known)

    def _meet(self) -> None:
        """Finds the run's id, starts it on the server, and adds the node's other processes as they turn up."""
        if not self.ranks.leads_node:
            return
        if not self._registered:
            self._register()
        if not self.ranks.connected:
            return
        for rank in range(self.ranks.world_size):
            if rank in self._members:
                continue
            note = self.ranks.find(f"member/{rank}")
            if note is not None:
                self._gpus_known = note.pop("gpus_known") and self._gpus_known
                self._add_member(Member(**note))

    def _register(self) -> None:
        if self.external_id is None:
            note = self.ranks.find("run")
            if note is not None:
                self.external_id, self._started_ms = note["external_id"], int(note["started_ms"])
            elif time.monotonic() - self._started > _FIND_RUN_S:
                self.external_id = self.ranks.shared_id or "run-" + str(uuid.uuid4())
                self.once("rank 0 was not found: this node's part is reported as a run of its own")
            else:
                return
        self._registered = True
        self._run = RunStart(**{**self._run.__dict__, "external_id": self.external_id, "started_ms": self._started_ms})
        if self.reporter is not None:
            self.reporter.add(messages.start(self._run, self._member))
            for message in self._held:
                self.reporter.add(message)
            self._held.clear()

    def _add_member(self, member: Member) -> None:
        self._members[member.rank] = member
        if member.node_id != self._member.node_id or member.boot_id != self._member.boot_id:
            return  # its own node's leader tells of it
        self._shares.track(member.pid)
        self._folded.track(member.pid)
        self._send(messages.add_member(self._run, member))

    def _measure(self, selection: Selection) -> None:
        clock = lambda: int(time.time() * 1000)  # noqa: E731
        sampler = Sampler(selection.sensors, clock, time.monotonic, self.config.interval_s)
        self._take(selection, sampler.tick(), False)
        looks = 0
        due = time.monotonic()
        while True:
            due = max(due + self.config.sample_s, time.monotonic())
            ended = self._stop.wait(max(0.0, due - time.monotonic()))
            looks += 1
            self._meet()
            tick = sampler.cut() if ended else sampler.tick()
            self._take(selection, tick, ended or looks <= _EARLY_LOOKS or bool(tick.closed))
            if ended:
                return

    def _take(self, selection: Selection, tick: Any, look: bool) -> None:
        weights = self._weights(selection, self._shares.cut()) if look else None
        pieces = self.account.add(tick, weights)
        if pieces:
            usage = self._usage(pieces)
            self._send(messages.measurements(selection.host, pieces, usage))

    def _weights(self, selection: Selection, shares: Dict[int, Any]) -> Dict[str, Optional[float]]:
        cpu = _sum(share.cpu for share in shares.values())
        ram = _sum(share.ram for share in shares.values())
        held = {key for member in self._members.values() for key in member.devices}
        weights: Dict[str, Optional[float]] = {}
        for device in selection.devices:
            if device.kind == "gpu":
                weights[device.key] = 1.0 if device.key in held else 0.0 if self._gpus_known else None
            else:
                weights[device.key] = ram if device.kind == "ram" else cpu
        return weights

    def _usage(self, pieces: List[Piece]) -> List[Dict[str, Any]]:
        """For the server, by process: of CPU and memory what each did; of GPUs only that it used none of them."""
        shares = self._folded.cut()
        held = any(member.devices for member in self._members.values())
        rows = []
        for piece in pieces:
            interval, device = piece.interval, piece.interval.device
            for member in self._members.values():
                share = shares.get(member.pid) if member.node_id == self._member.node_id else None
                weight = None
                if share is not None and device.kind == "gpu":
                    weight = 0.0 if self._gpus_known and not held else None
                elif share is not None:
                    weight = share.ram if device.kind == "ram" else share.cpu
                if weight is not None:
                    start, end = interval.start_ms, interval.end_ms
                    rows.append(messages.usage(member.rank, device.key, start, end, weight))
        return rows

    def _send(self, message: messages.Message) -> None:
        if self.reporter is not None:
            if self._registered:
                self.reporter.add(message)
            else:
                self._held.append(message)

    # ---- parts ----

    def _start_facts(self, name: Optional[str], params: Dict[str, Any]) -> RunStart:
        config = self.config
        sent = {key: str(content)[:500] for key, content in params.items() if content is not None}
        return RunStart(
            self.external_id or "",
            self._started_ms,
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
        if self.reporter is None:
            return None
        handed_over = self.reporter.outbox.node_watched or not self.config.measure
        return self.reporter.latest() if handed_over or self.nodes > 1 else None

    def _per_kwh(self, energy_kwh: Optional[float]) -> Optional[float]:
        return self.samples / energy_kwh if self.samples and energy_kwh else None

    def _at_exit(self) -> None:
        """The program ends and the trainer never said so: an exception went through, or it was interrupted."""
        if os.getpid() == self._pid:  # not in a forked child
            interrupted = getattr(sys, "last_type", None) is KeyboardInterrupt
            report = self.finish("KILLED" if interrupted else "FAILED")
            if report is not None and self.config.print_report:
                report.print()


def _sum(shares: Any) -> Optional[float]:
    known = [share for share in shares if share is not None]
    return min(1.0, sum(known)) if known else None


def _figure(content: Any) -> Optional[float]:
    return float(content) if isinstance(content, (int, float)) and not isinstance(content, bool) else None
