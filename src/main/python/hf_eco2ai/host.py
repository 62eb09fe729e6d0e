"""The machine this process runs on, named as the server's own sampler names it."""

import hashlib
import math
import os
import re
import socket
from dataclasses import dataclass
from typing import List, Optional

_CONTAINER = re.compile(r"docker|kubepods|containerd|libpod|/lxc[/.]")
_VIRTUAL_VENDOR = re.compile(
    r"qemu|kvm|vmware|virtualbox|innotek|xen|amazon ec2|google compute|alibaba cloud ecs|openstack|virtual machine|bochs"
    r"|firecracker"
)
_CPU_NAMES = ("model name", "Model", "Hardware", "cpu model")


def text(path: str) -> str:
    """The file's text without blanks around it; empty when it cannot be read."""
    try:
        with open(path, encoding="latin-1") as file:
            return file.read().strip()
    except OSError:
        return ""


def number(path: str) -> int:
    """The whole number in the file; 0 when there is none."""
    content = text(path)
    return int(content) if content.isascii() and content.isdigit() and len(content) < 19 else 0


@dataclass(frozen=True)
class Cgroup:
    """What the control groups of this process allow it, version 1 and 2; a limit of an ancestor holds below it."""

    cpus: float = math.inf
    memory_bytes: float = math.inf
    cpu_usage: Optional[str] = None
    """The file that counts the group's CPU time."""

    @staticmethod
    def of(root: str) -> "Cgroup":
        mount = os.path.join(root, "sys/fs/cgroup")
        cpus, memory, usage = math.inf, math.inf, None
        for line in text(os.path.join(root, "proc/self/cgroup")).splitlines():
            parts = line.split(":", 2)
            if len(parts) < 3:
                continue
            v2 = not parts[1]
            for group in _groups(mount if v2 else os.path.join(mount, parts[1]), parts[2]):
                cpus = min(cpus, _quota_v2(group) if v2 else _quota_v1(group), _cpu_set(group))
                memory = min(memory, _bytes(os.path.join(group, "memory.max" if v2 else "memory.limit_in_bytes")))
                counter = os.path.join(group, "cpu.stat" if v2 else "cpuacct.usage")
                if usage is None and os.access(counter, os.R_OK):
                    usage = counter
        return Cgroup(cpus, memory, usage)


def _groups(mount: str, path: str) -> List[str]:
    """The group and its ancestors, innermost first. Inside a container the path is the host's: then its mount is it."""
    mount = os.path.normpath(mount)
    group = os.path.normpath(os.path.join(mount, path.lstrip("/")))
    if not (group + "/").startswith(mount + "/") or not os.path.isdir(group):
        group = mount
    groups = []
    while (group + "/").startswith(mount + "/"):
        groups.append(group)
        group = os.path.dirname(group)
    return groups


def _quota_v2(group: str) -> float:
    limit = text(os.path.join(group, "cpu.max")).split()
    return float(limit[0]) / float(limit[1]) if len(limit) == 2 and limit[0] != "max" else math.inf


def _quota_v1(group: str) -> float:
    quota = text(os.path.join(group, "cpu.cfs_quota_us"))
    period = text(os.path.join(group, "cpu.cfs_period_us"))
    return math.inf if not quota or quota.startswith("-") or not period else float(quota) / float(period)


def _cpu_set(group: str) -> float:
    cpus = text(os.path.join(group, "cpuset.cpus.effective")) or text(os.path.join(group, "cpuset.effective_cpus"))
    if not cpus:
        return math.inf
    count = 0
    for part in cpus.split(","):
        first, dash, last = part.partition("-")
        count += int(last) - int(first) + 1 if dash else 1
    return count


def _bytes(path: str) -> float:
    limit = text(path)
    return math.inf if not limit or limit == "max" else float(limit)


@dataclass(frozen=True)
class Host:
    """Same rules as the server's: the same machine gives the same ``node_id`` and ``boot_id``."""

    node_id: str
    boot_id: str
    name: str
    cpu_model: str = ""
    sockets: int = 1
    logical_cpus: int = 1
    allotted_cpus: float = 1.0
    memory_bytes: int = 0
    allotted_memory_bytes: int = 0
    virtual_machine: bool = False
    container: bool = False

    @staticmethod
    def of(root: str = "/", node_id: Optional[str] = None) -> "Host":
        """``node_id``: what the environment variable HFECO2AI_NODE_ID says, else the hash of the machine id."""
        cpuinfo = text(os.path.join(root, "proc/cpuinfo")).splitlines()
        name = _host_name(root)
        logical = sum(line.startswith("processor") for line in cpuinfo) or os.cpu_count() or 1
        memory = mem_info_bytes(root, "MemTotal:")
        cgroup = Cgroup.of(root)
        chosen = (node_id or "").strip() or _node_id(root, name)
        return Host(
            node_id=chosen,
            boot_id=text(os.path.join(root, "proc/sys/kernel/random/boot_id")) or "unknown",
            name=name,
            cpu_model=_cpu_model(cpuinfo),
            sockets=max(1, len({line for line in cpuinfo if line.startswith("physical id")})),
            logical_cpus=logical,
            allotted_cpus=float(min(logical, cgroup.cpus)),
            memory_bytes=memory,
            allotted_memory_bytes=int(min(memory, cgroup.memory_bytes)) if memory else 0,
            virtual_machine=_is_virtual(root, cpuinfo),
            container=_is_container(root),
        )


def _node_id(root: str, host_name: str) -> str:
    for path in ("etc/machine-id", "var/lib/dbus/machine-id", "sys/class/dmi/id/product_uuid"):
        machine = text(os.path.join(root, path))
        if machine:
            break
    else:
        machine = host_name
    return hashlib.sha256(("hfeco2ai-node:" + machine).encode()).hexdigest()[:32]


def _host_name(root: str) -> str:
    known = text(os.path.join(root, "proc/sys/kernel/hostname")) or text(os.path.join(root, "etc/hostname"))
    return known or (socket.gethostname() if root == "/" else "localhost")


def _cpu_model(cpuinfo: List[str]) -> str:
    for key in _CPU_NAMES:
        for line in cpuinfo:
            if line.startswith(key) and ":" in line[1:]:
                return line.split(":", 1)[1].strip()
    return ""


def _is_virtual(root: str, cpuinfo: List[str]) -> bool:
    for line in cpuinfo:
        if line.startswith("flags"):
            return " hypervisor " in line + " "
    folder = os.path.join(root, "sys/class/dmi/id")
    vendor = text(os.path.join(folder, "sys_vendor")) + " " + text(os.path.join(folder, "product_name"))
    hypervisor = text(os.path.join(root, "sys/hypervisor/type")) or "none"
    return bool(_VIRTUAL_VENDOR.search(vendor.lower())) or hypervisor != "none"


def _is_container(root: str) -> bool:
    groups = text(os.path.join(root, "proc/self/cgroup")) + text(os.path.join(root, "proc/1/cgroup"))
    return (
        os.path.exists(os.path.join(root, ".dockerenv"))
        or os.path.exists(os.path.join(root, "run/.containerenv"))
        or bool(_CONTAINER.search(groups))
    )


def mem_info_bytes(root: str, name: str) -> int:
    """A line of /proc/meminfo in bytes; 0 when it is not there."""
    for line in text(os.path.join(root, "proc/meminfo")).splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def used_memory_bytes(root: str, host: Host) -> int:
    """Memory in use now, at most the allotted; 0 when unknown."""
    available = mem_info_bytes(root, "MemAvailable:")
    return min(host.memory_bytes - available, host.allotted_memory_bytes) if available else 0
