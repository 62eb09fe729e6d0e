"""What is told to a server. Ids that it gives are put in when a message is sent, so messages can wait for it."""

import datetime
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from ._version import client
from .account import Piece
from .device import Device
from .host import Host

START, MEMBER, MEASUREMENTS, FINISH = "start", "member", "measurements", "finish"


@dataclass(frozen=True)
class Message:
    """``key``: which process a start or member message is about (rank), so that its id is known by it later."""

    kind: str
    body: Dict[str, Any]
    key: str = ""

    def path(self, run_id: str) -> str:
        return {
            START: "/api/v1/runs",
            MEMBER: f"/api/v1/runs/{run_id}/members",
            MEASUREMENTS: "/api/v1/measurements",
            FINISH: f"/api/v1/runs/{run_id}/finish",
        }[self.kind]


@dataclass(frozen=True)
class Member:
    """One process of a run on one node. ``devices``: the keys of those it has for itself."""

    rank: int
    pid: int
    node_id: str
    boot_id: str
    devices: List[str]

    def body(self, started_ms: int) -> Dict[str, Any]:
        return {
            "node": self.node_id,
            "boot_id": self.boot_id,
            "rank": self.rank,
            "pid": self.pid,
            "devices": self.devices,
            "started_at": iso(started_ms),
        }


@dataclass(frozen=True)
class RunStart:
    """What all processes of a run say alike, so that the server sees one run."""

    external_id: str
    started_ms: int
    project: str
    experiment: str
    name: Optional[str]
    parent_id: Optional[str]
    tags: Dict[str, str]
    params: Dict[str, str]


def iso(epoch_ms: int) -> str:
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=epoch_ms)
    return at.isoformat(timespec="milliseconds") + "Z"


def start(run: RunStart, member: Member) -> Message:
    body: Dict[str, Any] = {
        "project": run.project,
        "experiment": run.experiment,
        "external_id": run.external_id,
        "tags": run.tags,
        "params": run.params,
        **member.body(run.started_ms),
    }
    if run.name:
        body["name"] = run.name
    if run.parent_id:
        body["parent_id"] = run.parent_id
    return Message(START, body, str(member.rank))


def add_member(run: RunStart, member: Member) -> Message:
    return Message(MEMBER, member.body(run.started_ms), str(member.rank))


def measurements(host: Host, pieces: List[Piece], usage: List[Dict[str, Any]]) -> Message:
    """``usage`` rows name a member by its ``rank``; the id is put in when the message is sent."""
    body = {
        "node": host.node_id,
        "boot_id": host.boot_id,
        "node_name": host.name,
        "client": client(),
        "measurements": [_measurement(piece) for piece in pieces],
        "usage": usage,
    }
    return Message(MEASUREMENTS, body)


def _measurement(piece: Piece) -> Dict[str, Any]:
    interval = piece.interval
    device = interval.device
    row: Dict[str, Any] = {
        "device": device.key,
        "device_name": device.name,
        "kind": device.kind,
        "start": iso(interval.start_ms),
        "end": iso(interval.end_ms),
        "energy_j": interval.energy_uj / 1e6,
        "observed_ms": interval.observed_ms,
        "quality": device.quality,
        "source": device.source,
        "boundary": device.boundary,
        "seq": interval.seq,
        "uncertainty_ratio": device.uncertainty_ratio,
    }
    row.update({name: figure for name, figure in _limits(device).items() if figure - figure == 0})  # finite ones
    return row


def _limits(device: Device) -> Dict[str, float]:
    return {"cap_w": device.cap_w, "idle_w": device.idle_w}


def usage(rank: int, device: str, start_ms: int, end_ms: int, weight: float) -> Dict[str, Any]:
    return {
        "rank": str(rank),
        "device": device,
        "start": iso(start_ms),
        "end": iso(end_ms),
        "weight": round(min(1.0, max(0.0, weight)), 6),
    }


def finish(status: str, ended_ms: int) -> Message:
    """``status``: FINISHED, FAILED or KILLED."""
    return Message(FINISH, {"status": status, "ended_at": iso(ended_ms)})
