"""How the processes of one training find each other, without ever waiting for one another.

They leave notes in the key-value store that torch.distributed has anyway (each read is a poll, never a collective), so a
process without the callback cannot hang those that have it. Without a store the launcher's job id has to do.
"""

import json
import os
import sys
from typing import Any, Dict, List, Optional

_LOCAL_RANKS = ("LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID")
_runs_started = 0


def torch_distributed() -> Any:
    """The module when torch is loaded and a process group is up; else None. Never imports torch."""
    distributed = sys.modules.get("torch.distributed")
    try:
        return distributed if distributed and distributed.is_available() and distributed.is_initialized() else None
    except AttributeError:
        return None


def launcher_id() -> Optional[str]:
    """An id that the launcher gave all processes of this training alike; None where there is none."""
    elastic = os.environ.get("TORCHELASTIC_RUN_ID", "none")
    if elastic not in ("", "none"):
        return "torchrun-" + elastic
    job = os.environ.get("SLURM_JOB_ID")
    if job:
        return f"slurm-{job}-{os.environ.get('SLURM_STEP_ID', '0')}"
    return None


class Ranks:
    """This process among those of its training; a single process is rank 0 of 1."""

    def __init__(self, rank: int, local_rank: int, world_size: int, store: Any, prefix: str) -> None:
        self.rank, self.local_rank, self.world_size = rank, local_rank, world_size
        self._store, self._prefix = store, prefix

    @staticmethod
    def here(local_rank: Optional[int] = None) -> "Ranks":
        """``local_rank``: as the trainer knows it; None: as the launcher says. Without a process group each process
        trains on its own, however many were launched together."""
        global _runs_started
        _runs_started += 1
        distributed = torch_distributed()
        if distributed is None:
            return Ranks(0, 0, 1, None, "")
        rank, world = distributed.get_rank(), distributed.get_world_size()
        store = None
        try:
            from torch.distributed import distributed_c10d

            store = distributed_c10d._get_default_store()
            store.check(["hf_eco2ai"])
        except Exception:  # an older or another torch: the launcher's id is left
            store = None
        local = _environment_rank(_LOCAL_RANKS, rank) if local_rank is None else local_rank
        return Ranks(rank, local, world, store, f"hf_eco2ai/{_runs_started}/")

    @property
    def shared_id(self) -> Optional[str]:
        """An id that all processes of this training know without asking; None where there is none, or no need."""
        launcher = launcher_id() if self.world_size > 1 else None
        return f"{launcher}-{_runs_started}" if launcher else None

    @property
    def leads_node(self) -> bool:
        """The one process on its node that measures and talks to the server."""
        return self.local_rank == 0

    @property
    def leads_run(self) -> bool:
        return self.rank == 0

    @property
    def connected(self) -> bool:
        return self._store is not None and self.world_size > 1

    def leave(self, name: str, note: Dict[str, Any]) -> None:
        if self._store is not None:
            self._store.set(self._prefix + name, json.dumps(note))

    def find(self, name: str) -> Optional[Dict[str, Any]]:
        """The note of that name; None while it is not there."""
        if self._store is None or not self._store.check([self._prefix + name]):
            return None
        found = json.loads(self._store.get(self._prefix + name))
        return found if isinstance(found, dict) else None

    def all_left(self, name: str, wait_s: float) -> bool:
        """Whether every rank left its note ``name/<rank>``; waits for it at most that long."""
        if self._store is None:
            return self.world_size == 1
        import datetime

        names = [f"{self._prefix}{name}/{rank}" for rank in range(self.world_size)]
        try:
            self._store.wait(names, datetime.timedelta(seconds=wait_s))
        except Exception:  # torch raises a class of its own when the time is over
            return False
        return True


def _environment_rank(names: "tuple[str, ...]", otherwise: int) -> int:
    for name in names:
        text = os.environ.get(name, "")
        if text.isdigit():
            return int(text)
    return otherwise


def used_gpus(known: List[str]) -> Optional[List[str]]:
    """Keys of the NVIDIA boards this process computes on, [] when on none, None when that cannot be told.

    ``known``: the UUIDs that NVML lists. A process that sees one board uses it; of several it uses the current one,
    unless its trainer drives them all.
    """
    torch = sys.modules.get("torch")
    try:
        if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
            return []
        uuid = "GPU-" + str(torch.cuda.get_device_properties(torch.cuda.current_device()).uuid)
        return [uuid] if uuid in known else None
    except Exception:  # no CUDA build, an older torch, a slice of a board
        return None


def gpus(indices: List[int], known: List[str]) -> Optional[List[str]]:
    """Keys of the boards with those torch device numbers; None when that cannot be told."""
    torch = sys.modules.get("torch")
    try:
        found = ["GPU-" + str(torch.cuda.get_device_properties(index).uuid) for index in indices]  # type: ignore[union-attr]
    except Exception:
        return None
    return found if all(uuid in known for uuid in found) else None
