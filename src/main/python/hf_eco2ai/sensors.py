"""Finds what can be measured on this machine, with the same choices as the server's own sampler."""

import os
from dataclasses import dataclass
from typing import List, Optional

from .device import Device, Sensor
from .host import Host
from .hwmon import HwmonSensor
from .load_model import Calibration, CpuLoad, CpuPowerModel, LoadModelSensor
from .nvml import NvmlSensor
from .powercap import RaplSensor


@dataclass
class Selection:
    """This machine and its sensors."""

    host: Host
    sensors: List[Sensor]

    @property
    def devices(self) -> List[Device]:
        return [device for sensor in self.sensors for device in sensor.devices]

    def close(self) -> None:
        for sensor in self.sensors:
            sensor.close()


def this_host(root: str = "/") -> Host:
    return Host.of(root, os.environ.get("HFECO2AI_NODE_ID"))


def discover(
    root: str = "/",
    nvidia: Optional[NvmlSensor] = None,
    calibration: Optional[Calibration] = None,
) -> Selection:
    """``nvidia`` and ``calibration``: given by tests; else what is found here."""
    host = this_host(root)
    here = root == "/"
    if here:
        nvidia = nvidia or NvmlSensor.discover(root)
        calibration = calibration or Calibration.of_user()
    found = (RaplSensor.discover(root, host), nvidia, HwmonSensor.discover(root))
    sensors: List[Sensor] = [sensor for sensor in found if sensor is not None]
    model = _model(root, host, calibration, [device for sensor in sensors for device in sensor.devices])
    return Selection(host, sensors + ([model] if model else []))


def _model(
    root: str, host: Host, calibration: Optional[Calibration], measured: List[Device]
) -> Optional[LoadModelSensor]:
    """Fills what is not measured: CPU and memory, or the whole node when calibrated at the wall."""
    kinds = {device.kind for device in measured}
    # The wall curve follows the CPU load: it is blind to GPU work, and a meter is better than any curve.
    whole = calibration is not None and calibration.boundary == "node" and not kinds & {"node", "gpu"}
    cpu = whole or "cpu" not in kinds
    ram = not whole and "ram" not in kinds and host.allotted_memory_bytes > 0
    usable = calibration if calibration is not None and (whole or calibration.boundary == "chip") else None
    if not cpu and not ram:
        return None
    return LoadModelSensor(
        CpuLoad(root, host),
        CpuPowerModel(host, usable) if cpu else None,
        whole,
        host.allotted_memory_bytes if ram else 0,
        host,
    )
