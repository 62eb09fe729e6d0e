"""Readings → intervals. Energy is taken over monotonic time, the wall clock only stamps; the rules are the server's.

A reset, an implausible or a negative reading never becomes energy: the device's interval ends at its last good reading.
Wall and monotonic time more than half a second apart between two readings end all intervals before it.
"""

import math
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional

from .device import Device, Interval, Sensor, Sink

_DRIFT_S = 0.5
_COUNTER_SILENCE_S = 60.0  # after longer a counter may have wrapped twice
_REFRESH_S = 0.25  # counters are refreshed by their firmware up to this late


@dataclass(frozen=True)
class DevicePower:
    """Mean power since the last reading, or the momentary one; NaN is a gap or not yet known."""

    device: Device
    watts: float


@dataclass(frozen=True)
class Tick:
    """What one pass saw; ``closed`` are the intervals that ended with it."""

    at_ms: int
    seconds: float
    powers: List[DevicePower]
    closed: List[Interval]


class Sampler(Sink):
    """Call ``tick`` about once a second, ``cut`` to end all intervals now. One thread at a time."""

    def __init__(
        self,
        sensors: List[Sensor],
        wall_ms: Callable[[], int],
        monotonic: Callable[[], float],
        fold_s: float,
    ) -> None:
        self._sensors, self._wall_ms, self._monotonic, self._fold_s = sensors, wall_ms, monotonic, fold_s
        self._tracks: Dict[str, _Track] = {
            device.key: _Track(device, fold_s) for sensor in sensors for device in sensor.devices
        }
        self._at: Optional[float] = None
        self._at_ms = 0
        self._fold_start = 0.0

    def tick(self) -> Tick:
        return self._pass(False)

    def cut(self) -> Tick:
        return self._pass(True)

    def counter(self, device: Device, microjoules: int) -> None:
        self._tracks[device.key].counter(microjoules)

    def power(self, device: Device, watts: float) -> None:
        self._tracks[device.key].power(watts)

    def _pass(self, close_all: bool) -> Tick:
        closed: List[Interval] = []
        now_ms, now = self._wall_ms(), self._monotonic()
        seconds = 0.0 if self._at is None else now - self._at
        if self._at is None:
            self._fold_start = now
        elif abs((now_ms - self._at_ms) / 1e3 - seconds) > _DRIFT_S or now_ms < self._at_ms:
            for track in self._tracks.values():
                track.interrupt(closed)
            self._fold_start = now
        self._at, self._at_ms = now, now_ms
        for track in self._tracks.values():
            track.begin(now, now_ms, closed)
        for sensor in self._sensors:
            sensor.read(self)
        full = close_all or now - self._fold_start >= self._fold_s * 0.99
        powers = []
        for track in self._tracks.values():
            powers.append(track.end())
            if full:
                track.close()
        if full:
            self._fold_start = now
        return Tick(now_ms, seconds, powers, closed)


class _Track:
    """One device: its last good reading and its open interval."""

    def __init__(self, device: Device, fold_s: float) -> None:
        self._device = device
        self._power_silence_s = max(fold_s, 5.0)
        self._now, self._now_ms, self._closed = 0.0, 0, []  # type: float, int, List[Interval]
        self._read, self._watts = False, math.nan
        self._known, self._last, self._last_ms = False, 0.0, 0
        self._last_uj, self._last_w = 0, math.nan
        self._open, self._start_ms = False, 0
        self._whole_uj, self._part_uj, self._observed_s = 0, 0.0, 0.0
        self._seq = 0

    def begin(self, now: float, now_ms: int, closed: List[Interval]) -> None:
        self._now, self._now_ms, self._closed = now, now_ms, closed
        self._read, self._watts = False, math.nan

    def counter(self, microjoules: int) -> None:
        self._read = True
        if microjoules < 0:
            self._break_off()
            return
        if self._known:
            self._add(microjoules - self._last_uj, self._now - self._last)
        self._last_uj = microjoules
        self._good()

    def _add(self, difference_uj: int, seconds: float) -> None:
        implausible = difference_uj > self._device.cap_w * (seconds + _REFRESH_S) * 1e6
        if difference_uj < 0 or seconds > _COUNTER_SILENCE_S or implausible:
            self._break_off()
        elif seconds > 0:
            self._whole_uj += difference_uj
            self._observed_s += seconds
            self._watts = difference_uj / 1e6 / seconds

    def power(self, reading: float) -> None:
        self._read = True
        if not 0 <= reading <= self._device.cap_w:
            self._break_off()
            return
        step = self._now - self._last
        if self._known and step <= self._power_silence_s:
            self._part_uj += (self._last_w + reading) / 2 * step * 1e6
            self._observed_s += step
        self._last_w = self._watts = reading
        self._good()

    def end(self) -> DevicePower:
        if not self._read and not math.isnan(self._last_w):
            self._known = False  # no trapezoid across a reading that should have been there
        return DevicePower(self._device, self._watts)

    def interrupt(self, closed: List[Interval]) -> None:
        self._closed = closed
        self._break_off()

    def close(self) -> None:
        """At the last good reading; with nothing observed there is no interval, for unknown is not 0."""
        if not self._open:
            return
        if self._observed_s > 0:
            self._emit()
        elif self._read:
            self._start_ms = self._now_ms
        self._open = self._known

    def _break_off(self) -> None:
        if self._open and self._observed_s > 0:
            self._emit()
        self._open, self._observed_s, self._known, self._last_w = False, 0.0, False, math.nan

    def _good(self) -> None:
        self._known, self._last, self._last_ms = True, self._now, self._now_ms
        if not self._open:
            self._open, self._start_ms = True, self._now_ms

    def _emit(self) -> None:
        span = self._last_ms - self._start_ms
        if span <= 0:
            return
        whole = math.floor(self._part_uj)
        self._part_uj -= whole
        observed = min(span, round(self._observed_s * 1e3))
        energy = self._whole_uj + whole
        self._closed.append(Interval(self._device, self._start_ms, self._last_ms, energy, observed, self._seq))
        self._seq += 1
        self._whole_uj, self._observed_s, self._start_ms = 0, 0.0, self._last_ms
