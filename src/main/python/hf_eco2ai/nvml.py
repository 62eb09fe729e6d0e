"""NVIDIA GPUs through the driver's library, without a package. Names and codes: NVIDIA's NVML API Reference."""

import ctypes
import os
from typing import Any, Dict, List, Optional

from .device import Device, Sensor, Sink
from .tables import gpu_tdp_watts

_UNCERTAINTY = 0.05  # as NVIDIA states for power
_CAP_W = 2500.0
_LIBRARY = "libnvidia-ml.so.1"
_FOLDERS = (
    "usr/lib/x86_64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "usr/lib64",
    "usr/lib",
    "usr/lib/wsl/lib",
    "usr/local/nvidia/lib64",
    "usr/lib/x86_64-linux-gnu/nvidia/current",
    "run/opengl-driver/lib",
)


class NvmlError(OSError):
    """The library answered with an error code."""


def library_path(root: str, search_path: str) -> Optional[str]:
    """Where the driver's library lies; None when there is none."""
    folders = [folder.lstrip("/") for folder in search_path.split(":") if folder.strip()]
    for folder in [*folders, *_FOLDERS]:
        path = os.path.join(root, folder, _LIBRARY)
        if os.path.exists(path):
            return path
    return None


class Nvml:
    """The few calls that are needed."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._handles: Dict[str, ctypes.c_void_p] = {}
        self._call("nvmlInit_v2")

    def _call(self, function: str, *arguments: Any) -> None:
        try:
            code = getattr(self._library, function)(*arguments)
        except AttributeError:
            raise NvmlError(f"this driver has no {function}") from None
        if code != 0:
            raise NvmlError(f"{function} failed with code {code}")

    def uuids(self) -> List[str]:
        """Of all boards, in NVML's order (by bus id)."""
        count = ctypes.c_uint()
        self._call("nvmlDeviceGetCount_v2", ctypes.byref(count))
        found = []
        for index in range(count.value):
            handle = ctypes.c_void_p()
            try:
                self._call("nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(handle))
                uuid = self._text("nvmlDeviceGetUUID", handle)
            except NvmlError:  # it fell off the bus
                continue
            self._handles[uuid] = handle
            found.append(uuid)
        return found

    def name(self, uuid: str) -> str:
        return self._text("nvmlDeviceGetName", self._handles[uuid])

    def limit_watts(self, uuid: str) -> float:
        """The largest power limit the board can be set to; 0 when it does not tell."""
        least, most = ctypes.c_uint(), ctypes.c_uint()
        handle = self._handles[uuid]
        for function, arguments in (
            ("nvmlDeviceGetPowerManagementLimitConstraints", (ctypes.byref(least), ctypes.byref(most))),
            ("nvmlDeviceGetEnforcedPowerLimit", (ctypes.byref(most),)),
        ):
            try:
                self._call(function, handle, *arguments)
                return most.value / 1e3
            except NvmlError:
                continue
        return 0.0

    def energy_millijoules(self, uuid: str) -> int:
        """Since the driver was loaded; Volta and newer."""
        energy = ctypes.c_ulonglong()
        self._ask("nvmlDeviceGetTotalEnergyConsumption", uuid, ctypes.byref(energy))
        return energy.value

    def power_milliwatts(self, uuid: str) -> int:
        power = ctypes.c_uint()
        self._ask("nvmlDeviceGetPowerUsage", uuid, ctypes.byref(power))
        return power.value

    def _ask(self, function: str, uuid: str, answer: Any) -> None:
        """After a failure the board's handle is fetched anew next time: it may have come back."""
        if uuid not in self._handles:
            handle = ctypes.c_void_p()
            self._call("nvmlDeviceGetHandleByUUID", uuid.encode(), ctypes.byref(handle))
            self._handles[uuid] = handle
        try:
            self._call(function, self._handles[uuid], answer)
        except NvmlError:
            del self._handles[uuid]
            raise

    def _text(self, function: str, handle: ctypes.c_void_p) -> str:
        buffer = ctypes.create_string_buffer(96)
        self._call(function, handle, buffer, ctypes.c_uint(96))
        return buffer.value.decode("utf-8", "replace")

    def close(self) -> None:
        try:
            self._call("nvmlShutdown")
        except NvmlError:
            pass  # nothing is left to be closed


class NvmlSensor(Sensor):
    """Whole boards by UUID: an energy counter where there is one, else power."""

    def __init__(self, nvml: Nvml) -> None:
        self._nvml = nvml
        self.devices = []
        self._counts: Dict[str, bool] = {}
        for uuid in nvml.uuids():
            limit = nvml.limit_watts(uuid)
            name = nvml.name(uuid)
            if limit <= 0:
                limit = gpu_tdp_watts(name) or _CAP_W / 2
            self.devices.append(Device(uuid, "gpu", name, "chip", "measured", "nvml", _UNCERTAINTY, 2 * limit))
            try:
                nvml.energy_millijoules(uuid)
                self._counts[uuid] = True
            except NvmlError:
                self._counts[uuid] = False

    @staticmethod
    def discover(root: str = "/") -> "Optional[NvmlSensor]":
        path = library_path(root, os.environ.get("LD_LIBRARY_PATH", ""))
        if path is None:
            return None
        try:
            sensor = NvmlSensor(Nvml(ctypes.CDLL(path)))
        except OSError:
            return None
        return sensor if sensor.devices else None

    def read(self, sink: Sink) -> None:
        for device in self.devices:
            try:
                if self._counts[device.key]:
                    sink.counter(device, self._nvml.energy_millijoules(device.key) * 1000)
                else:
                    sink.power(device, self._nvml.power_milliwatts(device.key) / 1e3)
            except NvmlError:
                continue  # a gap until it answers again

    def close(self) -> None:
        self._nvml.close()
