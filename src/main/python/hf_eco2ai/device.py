"""What is measured: devices, and the energy of one of them over a time."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """One power domain of this node as one sensor sees it. ``key`` is the one the server's own sensors use."""

    key: str
    kind: str
    """cpu, gpu, ram or node."""
    name: str
    boundary: str
    """chip or node."""
    quality: str
    """measured or modelled."""
    source: str
    uncertainty_ratio: float
    """k = 2, relative."""
    cap_w: float = math.inf
    """Power above which a reading is implausible."""
    idle_w: float = math.nan


@dataclass(frozen=True)
class Interval:
    """Energy of a device over [start_ms, end_ms), epoch milliseconds, whole microjoules."""

    device: Device
    start_ms: int
    end_ms: int
    energy_uj: int
    observed_ms: int
    seq: int


class Sensor:
    """Reads some devices. A device that cannot be read now is left out: a gap, never 0."""

    devices: "list[Device]"

    def read(self, sink: "Sink") -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to close."""


class Sink:
    """Takes readings."""

    def counter(self, device: Device, microjoules: int) -> None:
        raise NotImplementedError

    def power(self, device: Device, watts: float) -> None:
        raise NotImplementedError
