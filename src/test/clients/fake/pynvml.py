"""Two GPUs that draw 250 W and 150 W, for clients that ask NVML by its Python binding."""

from collections import namedtuple

WATTS = (250, 150)
Memory = namedtuple("Memory", "total free used")
Utilization = namedtuple("Utilization", "gpu memory")


class NVMLError(Exception):
    pass


def nvmlInit():
    pass


def nvmlShutdown():
    pass


def nvmlDeviceGetCount():
    return len(WATTS)


def nvmlDeviceGetHandleByIndex(index):
    return index


def nvmlDeviceGetMemoryInfo(handle):
    return Memory(80_000_000_000, 40_000_000_000, 40_000_000_000)


def nvmlDeviceGetUtilizationRates(handle):
    return Utilization(90, 50)


def nvmlDeviceGetPowerUsage(handle):
    return WATTS[handle] * 1000


def nvmlDeviceGetEnforcedPowerLimit(handle):
    return 400_000
