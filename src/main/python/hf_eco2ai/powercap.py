"""RAPL energy counters of CPU packages and memory, read from the kernel's powercap files."""

import os
import re
from dataclasses import dataclass
from typing import List, Optional

from .device import Device, Sensor, Sink
from .host import Host, number, text

# As the server's sensor has it: docs/method.md says where the figure comes from.
_UNCERTAINTY = 0.05
_PACKAGE_CAP_W = 1500.0


@dataclass(frozen=True)
class Domain:
    """One RAPL domain; ``id`` is its folder's name, such as ``intel-rapl:0:2``."""

    folder: str
    id: str
    name: str
    readable: bool
    range_uj: int
    limit_w: float

    @property
    def package(self) -> bool:
        return self.name.startswith("package")

    @property
    def mmio(self) -> bool:
        return self.id.startswith("intel-rapl-mmio")


def domains(root: str) -> List[Domain]:
    """All domains, outer before inner."""
    tree = os.path.join(root, "sys/class/powercap")
    try:
        zones = sorted(zone for zone in os.listdir(tree) if ":" in zone)
    except OSError:
        return []
    return [_domain(os.path.join(tree, zone), zone) for zone in zones]


def _domain(folder: str, zone: str) -> Domain:
    limit = 0
    for i in range(3):
        for what in ("power_limit_uw", "max_power_uw"):
            limit = max(limit, number(os.path.join(folder, f"constraint_{i}_{what}")))
    readable = re.fullmatch(r"\d{1,19}", text(os.path.join(folder, "energy_uj"))) is not None
    range_uj = number(os.path.join(folder, "max_energy_range_uj"))
    return Domain(folder, zone, text(os.path.join(folder, "name")), readable, range_uj, limit / 1e6)


def choose(found: List[Domain]) -> List[Domain]:
    """Those to add up: nested domains count once (law 7), so package and dram, or psys where no package can be read."""
    direct = any(domain.package and domain.readable and not domain.mmio for domain in found)
    any_package = any(domain.package and domain.readable for domain in found)
    chosen = []
    for domain in found:
        known = domain.package or domain.name == "dram" or (domain.name == "psys" and not any_package)
        if known and domain.readable and not (domain.mmio and direct):
            chosen.append(domain)
    return chosen


class EnergyCounter:
    """Undoes the wrap-around of a counter: a fall is a wrap when the step across it is less than half the range."""

    def __init__(self, range_uj: int) -> None:
        self._range = range_uj
        self._last = 0
        self._base = 0

    def unwrapped(self, raw: int) -> int:
        if raw < self._last:
            wrapped = self._range > 0 and self._range - self._last + raw < self._range / 2
            self._base = self._base + self._range if wrapped else 0
        self._last = raw
        return self._base + raw


class RaplSensor(Sensor):
    """The chosen domains of this machine."""

    def __init__(self, chosen: List[Domain], host: Host) -> None:
        self.devices = [_device(domain, host) for domain in chosen]
        self._files = [os.path.join(domain.folder, "energy_uj") for domain in chosen]
        self._counters = [EnergyCounter(domain.range_uj) for domain in chosen]

    @staticmethod
    def discover(root: str, host: Host) -> "Optional[RaplSensor]":
        chosen = choose(domains(root))
        return RaplSensor(chosen, host) if chosen else None

    def read(self, sink: Sink) -> None:
        for device, file, counter in zip(self.devices, self._files, self._counters):
            content = text(file)
            if content.isdigit():
                sink.counter(device, counter.unwrapped(int(content)))


def _device(domain: Domain, host: Host) -> Device:
    dram = domain.name == "dram"
    cap = max(200.0, 2 * domain.limit_w) if domain.limit_w > 0 and not dram else _PACKAGE_CAP_W
    socket = re.sub(r":.*", "", re.sub(r"^[a-z-]+:", "", domain.id))
    place = f"DRAM, package {socket}" if dram else domain.name.replace("-", " ")
    name = place if dram or not host.cpu_model else f"{host.cpu_model}, {place}"
    source = "rapl-mmio" if domain.mmio else "rapl"
    return Device(domain.id, "ram" if dram else "cpu", name, "chip", "measured", source, _UNCERTAINTY, cap)
