"""AMD and Intel GPUs and whole-node power meters through the kernel's hwmon files."""

import math
import os
import re
from typing import List, Optional, Tuple

from .device import Device, Sensor, Sink
from .host import number, text

_UNCERTAINTY = 0.1  # a caution: no error is published
_GPU_DRIVERS = ("amdgpu", "i915", "xe")


class HwmonSensor(Sensor):
    """Each channel is (device, file, counts energy)."""

    def __init__(self, channels: List[Tuple[Device, str, bool]]) -> None:
        self._channels = channels
        self.devices = [channel[0] for channel in channels]

    @staticmethod
    def discover(root: str) -> "Optional[HwmonSensor]":
        tree = os.path.join(root, "sys/class/hwmon")
        try:
            folders = sorted(os.listdir(tree))
        except OSError:
            return None
        channels = [channel for channel in (_channel(os.path.join(tree, name)) for name in folders) if channel]
        return HwmonSensor(channels) if channels else None

    def read(self, sink: Sink) -> None:
        for device, path, energy in self._channels:
            content = text(path)
            if content.isdigit():
                if energy:
                    sink.counter(device, int(content))
                else:
                    sink.power(device, int(content) / 1e6)


def _channel(folder: str) -> Optional[Tuple[Device, str, bool]]:
    driver = text(os.path.join(folder, "name"))
    file = _file(folder)
    gpu = driver in _GPU_DRIVERS
    if file is None or not (gpu or driver == "power_meter"):
        return None
    if driver == "amdgpu" and not os.path.exists(os.path.join(folder, "power1_cap")):
        return None  # a graphics unit inside the CPU package: its energy is in the package's
    if not re.fullmatch(r"\d{1,18}", text(os.path.join(folder, file))):
        return None
    limit = max(number(os.path.join(folder, "power1_cap")), number(os.path.join(folder, "power1_max")))
    device = os.path.join(folder, "device")
    bus = os.path.basename(os.path.realpath(device) if os.path.exists(device) else folder)
    found = Device(
        "hwmon:" + bus,
        "gpu" if gpu else "node",
        f"{driver} {bus}" if gpu else f"power meter {bus}",
        "chip" if gpu else "node",
        "measured",
        "hwmon",
        _UNCERTAINTY,
        2 * limit / 1e6 if limit > 0 and gpu else math.inf,
    )
    return found, os.path.join(folder, file), file.startswith("energy")


def _file(folder: str) -> Optional[str]:
    """An energy counter before an averaged power before a momentary one; a card's own channel before a chip's."""
    for name in ("energy1_input", "energy2_input", "power1_average", "power1_input"):
        chip_only = (
            name == "energy1_input"
            and text(os.path.join(folder, "energy1_label")) == "pkg"
            and os.path.exists(os.path.join(folder, "energy2_input"))
        )
        if os.path.exists(os.path.join(folder, name)) and not chip_only:
            return name
    return None
