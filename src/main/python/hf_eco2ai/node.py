"""The part of a training on one machine: finds the run's other processes, reads the sensors, and tells the server.

All of it happens in one thread beside the training; one process of each node does the work, the others leave a note.
"""

import threading
import time
import uuid
from dataclasses import replace
from typing import Any, Callable, Dict, List, Optional

from . import messages
from .account import Account, Piece
from .api import Api
from .config import CarbonConfig
from .messages import Member, RunStart
from .ranks import Ranks, gpus, used_gpus
from .reporter import Progress, Reporter
from .sampler import Sampler, Tick
from .sensors import Selection, discover, this_host
from .shares import ProcessShares, Share
from .spool import Spool

_FIND_RUN_S = 30.0
_EARLY_LOOKS = 10


class Node:
    """``start``: its external id is empty until rank 0 was found. ``gpu_indices``: torch's numbers of the boards this
    process drives; None: ask torch. ``given``: this machine and its sensors, from a test."""

    def __init__(
        self,
        config: CarbonConfig,
        ranks: Ranks,
        pid: int,
        start: RunStart,
        gpu_indices: Optional[List[int]],
        progress: Progress,
        once: Callable[[str], None],
        given: Optional[Selection] = None,
    ) -> None:
        self.account = Account()
        self.reporter: Optional[Reporter] = None
        self.start = start
        self.members: Dict[int, Member] = {}
        self._config, self._ranks, self._pid = config, ranks, pid
        self._gpu_indices, self._progress, self._once, self._given = gpu_indices, progress, once, given
        self._begun = time.monotonic()
        self._stop = threading.Event()
        self._held: List[messages.Message] = []
        self._registered = False
        self._gpus_known = True
        self._thread = threading.Thread(target=self._work, name="hf_eco2ai", daemon=True)
        self._thread.start()

    def stop(self, limit_s: float) -> None:
        """Takes the last reading; waits for it that long at most."""
        self._stop.set()
        self._thread.join(limit_s)

    def _work(self) -> None:
        selection: Optional[Selection] = None
        try:
            measure = self._config.measure
            selection = self._given or (discover() if measure else Selection(this_host(), []))
            self._introduce(selection)
            if not self._ranks.leads_node:
                return
            self._meet()
            if measure:
                self._measure(selection)
            while not measure and not self._stop.wait(self._config.sample_s):
                self._meet()
            self._meet()
        except Exception as problem:
            self._once(f"not measured any more: {problem!r}")
        finally:
            if selection is not None:
                selection.close()

    # ---- who takes part ----

    def _introduce(self, selection: Selection) -> None:
        host = selection.host
        known = [device.key for device in selection.devices if device.kind == "gpu"]
        indices = self._gpu_indices
        devices = used_gpus(known) if indices is None else gpus(indices, known)
        self._gpus_known = devices is not None
        self._member = Member(self._ranks.rank, self._pid, host.node_id, host.boot_id, devices or [])
        self.members[self._ranks.rank] = self._member
        self._ranks.leave(f"member/{self._ranks.rank}", {**self._member.__dict__, "gpus_known": self._gpus_known})
        if self._ranks.leads_run:
            self._ranks.leave("run", {"external_id": self.start.external_id, "started_ms": self.start.started_ms})
        self._shares = ProcessShares("/", host, [self._pid])
        self._folded = ProcessShares("/", host, [self._pid])
        if self._ranks.leads_node and self._config.server:
            spool = Spool(self._config.spool_folder, int(self._config.spool_mb * 1e6))
            name = f"{self.start.started_ms}-{self._pid}"
            api = Api(self._config.server, self._config.token)
            self.reporter = Reporter(api, spool, name, self._progress, self._config.progress_s)

    def _meet(self) -> None:
        """Starts the run on the server once its id is known, and adds the node's other processes as they turn up."""
        if not self._registered:
            self._register()
        if not self._ranks.connected:
            return
        for rank in range(self._ranks.world_size):
            note = None if rank in self.members else self._ranks.find(f"member/{rank}")
            if note is not None:
                self._gpus_known = note.pop("gpus_known") and self._gpus_known
                self._add(Member(**note))

    def _register(self) -> None:
        if not self.start.external_id:
            note = self._ranks.find("run")
            if note is not None:
                started_ms = int(note["started_ms"])
                self.start = replace(self.start, external_id=note["external_id"], started_ms=started_ms)
            elif time.monotonic() - self._begun > _FIND_RUN_S:
                own = self._ranks.shared_id or "run-" + str(uuid.uuid4())
                self.start = replace(self.start, external_id=own)
                self._once("rank 0 was not found: this node's part is reported as a run of its own")
            else:
                return
        self._registered = True
        self._send(messages.start(self.start, self._member))
        for message in self._held:
            self._send(message)
        self._held.clear()

    def _add(self, member: Member) -> None:
        self.members[member.rank] = member
        if self._here(member):  # of another node its own leader tells
            self._shares.track(member.pid)
            self._folded.track(member.pid)
            self._send(messages.add_member(self.start, member))

    def _here(self, member: Member) -> bool:
        return (member.node_id, member.boot_id) == (self._member.node_id, self._member.boot_id)

    def _send(self, message: messages.Message) -> None:
        if self.reporter is None:
            return
        if self._registered:
            self.reporter.add(message)
        else:
            self._held.append(message)

    # ---- what it uses ----

    def _measure(self, selection: Selection) -> None:
        sampler = Sampler(selection.sensors, _wall_ms, time.monotonic, self._config.interval_s)
        self._take(selection, sampler.tick(), False)
        looks = 0
        due = time.monotonic()
        ended = False
        while not ended:
            due = max(due + self._config.sample_s, time.monotonic())
            ended = self._stop.wait(max(0.0, due - time.monotonic()))
            looks += 1
            self._meet()
            tick = sampler.cut() if ended else sampler.tick()
            self._take(selection, tick, ended or looks <= _EARLY_LOOKS or bool(tick.closed))

    def _take(self, selection: Selection, tick: Tick, look: bool) -> None:
        weights = self._weights(selection, self._shares.cut()) if look else None
        pieces = self.account.add(tick, weights)
        if pieces:
            self._send(messages.measurements(selection.host, pieces, self._usage(pieces)))

    def _weights(self, selection: Selection, shares: Dict[int, Share]) -> Dict[str, Optional[float]]:
        """Of all the run's processes here, by device."""
        cpu = _sum(share.cpu for share in shares.values())
        ram = _sum(share.ram for share in shares.values())
        held = {key for member in self.members.values() for key in member.devices}
        weights: Dict[str, Optional[float]] = {}
        for device in selection.devices:
            if device.kind == "gpu":
                weights[device.key] = 1.0 if device.key in held else 0.0 if self._gpus_known else None
                continue
            share = ram if device.kind == "ram" else cpu
            if share is not None:
                weights[device.key] = share
        return weights

    def _usage(self, pieces: List[Piece]) -> List[Dict[str, Any]]:
        """For the server, by process: of CPU and memory what each did; of GPUs only that it used none of them."""
        shares = self._folded.cut()
        held = any(member.devices for member in self.members.values())
        rows = []
        for piece in pieces:
            interval, kind = piece.interval, piece.interval.device.kind
            for member in self.members.values():
                share = shares.get(member.pid) if self._here(member) else None
                if share is None:
                    continue
                none_used = 0.0 if self._gpus_known and not held else None
                weight = none_used if kind == "gpu" else share.ram if kind == "ram" else share.cpu
                if weight is not None:
                    key, start, end = interval.device.key, interval.start_ms, interval.end_ms
                    rows.append(messages.usage(member.rank, key, start, end, weight))
        return rows


def _wall_ms() -> int:
    return int(time.time() * 1000)


def _sum(shares: Any) -> Optional[float]:
    known = [share for share in shares if share is not None]
    return min(1.0, sum(known)) if known else None
