"""How much of this machine's work a process and its descendants did."""

import os
from dataclasses import dataclass
from typing import Dict, List, Optional, Set

from .host import Host, text, used_memory_bytes
from .load_model import TICKS_PER_SECOND, CpuLoad


@dataclass(frozen=True)
class Share:
    """Of the dynamic work since the last look, 0 to 1; None when unknown."""

    cpu: Optional[float]
    ram: Optional[float]


@dataclass(frozen=True)
class _Proc:
    pid: int
    parent: int
    start: int
    own: int
    ended_children: int
    """CPU time of ended children that it has waited for, in ticks."""


def _proc(root: str, pid: int) -> Optional[_Proc]:
    stat = text(os.path.join(root, "proc", str(pid), "stat"))
    fields = stat[stat.rfind(")") + 2 :].split()
    if len(fields) < 20:
        return None
    times = [int(field) for field in fields[11:15]]
    return _Proc(pid, int(fields[1]), int(fields[19]), times[0] + times[1], times[2] + times[3])


def _children(root: str, pid: int) -> List[int]:
    tasks = os.path.join(root, "proc", str(pid), "task")
    try:
        threads = os.listdir(tasks)
    except OSError:
        return []
    return [int(child) for thread in threads for child in text(os.path.join(tasks, thread, "children")).split()]


def _resident_bytes(root: str, pid: int) -> int:
    fields = text(os.path.join(root, "proc", str(pid), "statm")).split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0


class _Tree:
    """A process and its descendants from look to look; one whose parent died before it stays a member."""

    def __init__(self, root: str, pid: int) -> None:
        self._root, self._pid = root, pid
        self._members: Dict[int, _Proc] = self._alive(set())
        self.ticks = 0
        self.resident_bytes = 0

    def _alive(self, before: Set[int]) -> Dict[int, _Proc]:
        alive: Dict[int, _Proc] = {}
        waiting = [self._pid, *before]
        while waiting:
            pid = waiting.pop()
            process = None if pid in alive else _proc(self._root, pid)
            if process is not None:
                alive[pid] = process
                waiting.extend(_children(self._root, pid))
        return alive

    def update(self) -> None:
        now = self._alive(set(self._members))
        own = children = seen_of_ended = 0
        for pid, process in list(now.items()):
            before = self._members.get(pid)
            if before is not None and before.start != process.start:
                before = None
            own += process.own - (before.own if before else 0)
            children += process.ended_children - (before.ended_children if before else 0)
        for pid, before in self._members.items():
            after = now.get(pid)
            if after is None or after.start != before.start:
                seen_of_ended += before.own + before.ended_children
        self.ticks = own + max(0, children - seen_of_ended)
        self.resident_bytes = sum(_resident_bytes(self._root, pid) for pid in now)
        self._members = now


class ProcessShares:
    """Shares of several processes of this machine; each look starts the next piece."""

    def __init__(self, root: str, host: Host, pids: List[int]) -> None:
        self._root, self._host = root, host
        self._trees = {pid: _Tree(root, pid) for pid in pids}
        self._load = CpuLoad(root, host)
        self._load.since_last()
        self._busy_s = self._load.busy_s

    def track(self, pid: int) -> None:
        if pid not in self._trees:
            self._trees[pid] = _Tree(self._root, pid)

    def cut(self) -> Dict[int, Share]:
        """By process, since the last cut."""
        for tree in self._trees.values():
            tree.update()
        known = self._load.since_last() is not None
        busy = (self._load.busy_s - self._busy_s) * TICKS_PER_SECOND if known else 0.0
        self._busy_s = self._load.busy_s
        trees = list(self._trees.items())
        work = max(busy, sum(tree.ticks for _, tree in trees))  # the kernel rounds both to ticks of their own
        memory = max(used_memory_bytes(self._root, self._host), sum(tree.resident_bytes for _, tree in trees))
        return {pid: Share(_part(tree.ticks, work), _part(tree.resident_bytes, memory)) for pid, tree in trees}


def _part(amount: float, whole: float) -> Optional[float]:
    return amount / whole if whole > 0 else None
