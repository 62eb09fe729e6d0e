"""Adds up what was measured and how much of it the run's processes on this machine caused.

The run's part of a device is its dynamic energy (above idle) times the weight of its processes; of memory all energy
times the weight; of a GPU that the run holds, everything; of a device whose use is unknown, everything, and flagged.
"""

import math
import threading
from dataclasses import dataclass
from typing import Dict, List, Optional

from .device import Device, Interval
from .sampler import Tick


@dataclass(frozen=True)
class Piece:
    """An interval with the weight of the run's processes in it; None when unknown."""

    interval: Interval
    weight: Optional[float]


@dataclass(frozen=True)
class DeviceTotal:
    """``energy_j`` of the device, ``run_j`` the run's part of it."""

    device: Device
    energy_j: float
    run_j: float
    whole: bool
    """The use was unknown for a part at least, and all of that part is counted as the run's."""
    observed_s: float


class Account:
    """Fed by the sampling thread, asked by the training's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._devices: Dict[str, _DeviceAccount] = {}
        self._power_w: Optional[float] = None

    def add(self, tick: Tick, weights: Optional[Dict[str, Optional[float]]]) -> List[Piece]:
        """``weights`` by device key since they were told last, a weight of None says that the use is unknown. None, or a
        device left out: nothing new is known now, and what it uses waits for its next weight."""
        with self._lock:
            power = 0.0
            known = False
            meter = any(each.device.kind == "node" for each in tick.powers)
            for each in tick.powers:
                account = self._devices.setdefault(each.device.key, _DeviceAccount(each.device))
                account.tick(each.watts, tick.seconds)
                if weights is not None and each.device.key in weights:
                    account.weigh(weights[each.device.key])
                # A meter in front of the node already holds the devices behind it.
                if not math.isnan(each.watts) and meter == (each.device.kind == "node"):
                    power += account.part_of(each.watts)
                    known = True
            self._power_w = power if known else self._power_w
            return [Piece(interval, self._devices[interval.device.key].close()) for interval in tick.closed]

    @property
    def power_w(self) -> Optional[float]:
        """The run's part of the last sample's mean power."""
        return self._power_w

    def totals(self) -> List[DeviceTotal]:
        with self._lock:
            return [account.total() for account in self._devices.values()]

    def run_joules(self) -> "tuple[Optional[float], Optional[float]]":
        """The run's energy so far and the measured part of it; None before anything was observed."""
        totals = [total for total in self.totals() if total.observed_s > 0]
        meters = [total for total in totals if total.device.kind == "node"]
        counted = meters or totals
        if not counted:
            return None, None
        measured = sum(total.run_j for total in counted if total.device.quality == "measured")
        return sum(total.run_j for total in counted), measured


class _DeviceAccount:
    def __init__(self, device: Device) -> None:
        self._device = device
        all_dynamic = device.kind == "ram" or math.isnan(device.idle_w)
        self._idle_w = 0.0 if all_dynamic else device.idle_w
        self._joules = self._run_j = self._seconds = 0.0
        self._whole = False
        self._weight: Optional[float] = None
        # since the last weight
        self._open_j = self._open_dynamic_j = 0.0
        # since the last interval
        self._dynamic_j = self._weighted_j = 0.0

    def tick(self, watts: float, seconds: float) -> None:
        if not math.isnan(watts):
            self._joules += watts * seconds
            self._seconds += seconds
            self._open_j += watts * seconds
            self._open_dynamic_j += max(0.0, watts - self._idle_w) * seconds

    def weigh(self, weight: Optional[float]) -> None:
        self._weight = weight
        if weight is None:
            self._whole = self._whole or self._open_j > 0
            self._run_j += self._open_j
        else:
            self._run_j += self._open_dynamic_j * weight
            self._dynamic_j += self._open_dynamic_j
            self._weighted_j += self._open_dynamic_j * weight
        self._open_j = self._open_dynamic_j = 0.0

    def part_of(self, watts: float) -> float:
        return watts if self._weight is None else max(0.0, watts - self._idle_w) * self._weight

    def close(self) -> Optional[float]:
        """The mean weight since the last interval."""
        weight = self._weighted_j / self._dynamic_j if self._dynamic_j > 0 else self._weight
        self._dynamic_j = self._weighted_j = 0.0
        return None if weight is None else min(1.0, weight)

    def total(self) -> DeviceTotal:
        open_j = self._open_j if self._weight is None else self._open_dynamic_j * self._weight
        whole = self._whole or (self._weight is None and open_j > 0)
        return DeviceTotal(self._device, self._joules, self._run_j + open_j, whole, self._seconds)
