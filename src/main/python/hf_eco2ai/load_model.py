"""Modelled power for what no counter covers: CPUs by their load, memory by its size. docs/method.md has the scores."""

import os
import time
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Tuple

from .device import Device, Sensor, Sink
from .host import Cgroup, Host, text
from .tables import coefficients, cpu_tdp

TICKS_PER_SECOND = 100  # USER_HZ, the unit of /proc/stat, on every Linux architecture in use


@dataclass(frozen=True)
class Calibration:
    """Four measured figures of a node: watts while idle and while its CPUs are 20, 50 and 100 % busy."""

    boundary: str
    """chip or node."""
    watts: Tuple[float, float, float, float]

    @staticmethod
    def of_user() -> "Optional[Calibration]":
        """What ``hf-eco2ai calibrate`` wrote for this user; None when it did not, or it does not fit."""
        config = os.environ.get("XDG_CONFIG_HOME", "")
        base = config if config.startswith("/") else os.path.join(os.path.expanduser("~"), ".config")
        figures = {}
        for line in text(os.path.join(base, "hf-eco2ai", "calibration.properties")).splitlines():
            name, equals, content = line.partition("=")
            if equals and not line.startswith("#"):
                figures[name.strip()] = content.strip()
        try:
            names = ("idle_w", "load_20_w", "load_50_w", "load_100_w")
            return Calibration.checked(figures["boundary"].lower(), [float(figures[name]) for name in names])
        except (KeyError, ValueError):
            return None

    @staticmethod
    def checked(boundary: str, watts: Sequence[float]) -> "Calibration":
        """Raises ValueError unless the figures rise (the last two may fall by 5 %)."""
        idle, w20, w50, w100 = watts
        if boundary not in ("chip", "node") or not (0 < idle < w20 and w50 > 0.95 * w20 and w100 > 0.95 * w50):
            raise ValueError("a calibration needs rising watts and the boundary chip or node")
        return Calibration(boundary, (idle, w20, max(w20, w50), max(w20, w50, w100)))


class MonotoneCurve:
    """Piecewise cubic through points that never overshoots: slopes of Fritsch and Butland (1984)."""

    def __init__(self, x: Sequence[float], y: Sequence[float]) -> None:
        self._x, self._y = list(x), list(y)
        n = len(self._x)
        slope = [0.0] * n
        for i in range(1, n - 1):
            before = (y[i] - y[i - 1]) / (x[i] - x[i - 1])
            after = (y[i + 1] - y[i]) / (x[i + 1] - x[i])
            w1 = 2 * (x[i + 1] - x[i]) + (x[i] - x[i - 1])
            w2 = (x[i + 1] - x[i]) + 2 * (x[i] - x[i - 1])
            slope[i] = 0.0 if before * after <= 0 else (w1 + w2) / (w1 / before + w2 / after)
        slope[0] = _edge(x[1] - x[0], y[1] - y[0], slope[1])
        slope[-1] = _edge(x[-1] - x[-2], y[-1] - y[-2], slope[-2])
        self._slope = slope

    def at(self, position: float) -> float:
        x, y, slope = self._x, self._y, self._slope
        if position <= x[0]:
            return y[0]
        i = 0
        while i < len(x) - 2 and position > x[i + 1]:
            i += 1
        dx = x[i + 1] - x[i]
        t = min(1.0, (position - x[i]) / dx)
        t2, t3 = t * t, t * t * t
        return (
            (2 * t3 - 3 * t2 + 1) * y[i]
            + (t3 - 2 * t2 + t) * dx * slope[i]
            + (3 * t2 - 2 * t3) * y[i + 1]
            + (t3 - t2) * dx * slope[i + 1]
        )


def _edge(dx: float, dy: float, inner: float) -> float:
    chord = dy / dx
    slope = (3 * chord - inner) / 2
    if slope * chord <= 0:
        return 0.0
    return 3 * chord if abs(slope) > 3 * abs(chord) else slope


class CpuPowerModel:
    """Watts of the CPUs from the busy part of them, 0 to 1."""

    def __init__(self, host: Host, calibration: Optional[Calibration] = None) -> None:
        figures = coefficients()
        self._curve: Optional[MonotoneCurve] = None
        self._idle = figures["idle." + _vendor(host.cpu_model)]
        self._dynamic = figures["dynamic"]
        if calibration is not None:
            self._curve = MonotoneCurve((0.0, 0.2, 0.5, 1.0), calibration.watts)
            self.uncertainty_ratio = figures["uncertainty.calibrated"]
            return
        rated = cpu_tdp(host.cpu_model) if host.cpu_model else None
        part = host.virtual_machine or host.container
        threads = 0 if rated is None else rated.threads
        if rated is not None and threads == 0 and not host.virtual_machine:
            threads = host.logical_cpus // host.sockets
        if rated is None or (part and threads == 0):
            self._rated_w = figures["thread.watts"] * host.allotted_cpus
            self.uncertainty_ratio = figures["uncertainty.unknown"]
            return
        # A virtual machine or a limited container gets its part of the rated power, never whole sockets.
        self._rated_w = rated.watts / threads * host.allotted_cpus if part else rated.watts * host.sockets
        self.uncertainty_ratio = figures["uncertainty"]

    def watts(self, load: float) -> float:
        busy = min(1.0, max(0.0, load))
        return self._curve.at(busy) if self._curve else self._rated_w * (self._idle + self._dynamic * busy)


def _vendor(cpu_model: str) -> str:
    model = cpu_model.lower()
    if "amd" in model or "epyc" in model or "ryzen" in model:
        return "amd"
    return "intel" if "intel" in model or "xeon" in model else "other"


class CpuLoad:
    """How busy the CPUs this process may use were since the last look; ``busy_s`` is their CPU time so far."""

    def __init__(self, root: str, host: Host, now: Callable[[], float] = time.monotonic) -> None:
        limited = host.container and host.allotted_cpus < host.logical_cpus
        self._group = Cgroup.of(root).cpu_usage if limited else None
        self._stat = os.path.join(root, "proc/stat")
        self._cpus, self._now = host.allotted_cpus, now
        self._busy = self._total = self._at = 0.0
        self._last = 0.0
        self.busy_s = 0.0

    def since_last(self) -> Optional[float]:
        """0 to 1; None where the system does not tell."""
        try:
            self._last = self._of_stat() if self._group is None else self._of_group(self._group)
        except (OSError, ValueError, IndexError):
            return None
        return self._last

    def _of_stat(self) -> float:
        with open(self._stat, encoding="ascii", errors="replace") as file:
            ticks = [int(field) for field in file.readline().split()[1:9]]
        total = sum(ticks)
        busy = total - ticks[3] - ticks[4] - (ticks[7] if len(ticks) > 7 else 0)  # stolen time is not ours
        step = total - self._total
        load = self._last if step <= 0 else max(0.0, busy - self._busy) / step
        self._busy, self._total, self.busy_s = busy, total, busy / TICKS_PER_SECOND
        return load

    def _of_group(self, path: str) -> float:
        with open(path, encoding="ascii") as file:
            first = file.readline().split()
        used = int(first[1]) / 1e6 if path.endswith("cpu.stat") else int(first[0]) / 1e9
        at = self._now()
        load = self._last if at <= self._at else (used - self.busy_s) / (at - self._at) / self._cpus
        self.busy_s, self._at = used, at
        return min(1.0, max(0.0, load))


class LoadModelSensor(Sensor):
    """Counts energy itself: load since the last look × time."""

    def __init__(
        self,
        load: CpuLoad,
        model: Optional[CpuPowerModel],
        whole_node: bool,
        ram_bytes: int,
        host: Host,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        figures = coefficients()
        self._load, self._model, self._now = load, model, now
        self._last: Optional[float] = None
        self._cpu_uj = self._ram_uj = 0.0
        self._ram_w = ram_bytes / 1e9 * figures["ram.watts.per.gb"]
        self._cpu = _model_device(model, whole_node, host) if model else None
        self._ram = _ram_device(ram_bytes, self._ram_w, figures["ram.uncertainty"]) if ram_bytes else None
        self.devices: List[Device] = [device for device in (self._cpu, self._ram) if device is not None]

    def read(self, sink: Sink) -> None:
        now = self._now()
        microseconds = 0.0 if self._last is None else (now - self._last) * 1e6
        self._last = now
        if self._ram is not None:
            self._ram_uj += self._ram_w * microseconds
            sink.counter(self._ram, int(self._ram_uj))
        if self._cpu is not None and self._model is not None:
            load = self._load.since_last()
            if load is not None:
                self._cpu_uj += self._model.watts(load) * microseconds
                sink.counter(self._cpu, int(self._cpu_uj))


def _model_device(model: CpuPowerModel, whole_node: bool, host: Host) -> Device:
    return Device(
        "model:node" if whole_node else "model:cpu",
        "node" if whole_node else "cpu",
        "node by CPU load" if whole_node else host.cpu_model or "CPU",
        "node" if whole_node else "chip",
        "modelled",
        "cpu-model",
        model.uncertainty_ratio,
        2 * model.watts(1),
        model.watts(0),
    )


def _ram_device(size: int, watts: float, uncertainty: float) -> Device:
    name = f"{int(size / 1e9 + 0.5)} GB memory"
    return Device("model:ram", "ram", name, "chip", "modelled", "ram-model", uncertainty, 2 * watts, watts)
