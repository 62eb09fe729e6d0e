"""Sensors and sampler on machines made of files and readings made up."""

import os
import tempfile
import unittest

from support import write

from hf_eco2ai.account import Account
from hf_eco2ai.device import Device, Sensor
from hf_eco2ai.hwmon import HwmonSensor
from hf_eco2ai.load_model import Calibration, CpuPowerModel, MonotoneCurve
from hf_eco2ai.host import Host
from hf_eco2ai.nvml import Nvml, NvmlSensor
from hf_eco2ai.powercap import EnergyCounter, choose, domains
from hf_eco2ai.sampler import Sampler
from hf_eco2ai.shares import ProcessShares
from hf_eco2ai.tables import normalised, yearly_factor

CPU = Device("intel-rapl:0", "cpu", "cpu", "chip", "measured", "rapl", 0.05, 1000.0, 10.0)
GPU = Device("GPU-1", "gpu", "gpu", "chip", "measured", "nvml", 0.05, 1000.0)


class Recorded(Sensor):
    """Readings from a list: a number is a counter in µJ, a float watts, None a gap."""

    def __init__(self, device, readings):
        self.devices = [device]
        self._readings = list(readings)

    def read(self, sink):
        reading = self._readings.pop(0)
        if isinstance(reading, float):
            sink.power(self.devices[0], reading)
        elif reading is not None:
            sink.counter(self.devices[0], reading)


class SamplerTests(unittest.TestCase):
    def intervals(self, readings, device=CPU, fold_s=2.0, walls=None):
        count = len(readings)
        walls = iter(walls or [1_000_000 + 1000 * i for i in range(count)])
        seconds = iter(range(count))
        sampler = Sampler([Recorded(device, readings)], lambda: next(walls), lambda: float(next(seconds)), fold_s)
        closed = []
        for i in range(count):
            closed += (sampler.cut() if i == count - 1 else sampler.tick()).closed
        return [(each.start_ms - 1_000_000, each.end_ms - 1_000_000, each.energy_uj) for each in closed]

    def test_counters_fold_into_intervals_without_gap_or_overlap(self):
        found = self.intervals([0, 5_000_000, 9_000_000, 20_000_000, 21_000_000])
        self.assertEqual([(0, 2000, 9_000_000), (2000, 4000, 12_000_000)], found)

    def test_powers_are_integrated_by_trapezoids(self):
        self.assertEqual([(0, 2000, 400_000_000)], self.intervals([100.0, 200.0, 300.0]))

    def test_a_reset_is_no_energy(self):
        found = self.intervals([50_000_000, 60_000_000, 1_000_000, 3_000_000])
        self.assertEqual(12_000_000, sum(energy for _, _, energy in found))

    def test_an_implausible_step_is_no_energy(self):
        found = self.intervals([0, 10_000_000_000, 10_001_000_000])
        self.assertEqual(1_000_000, sum(energy for _, _, energy in found))

    def test_a_clock_jump_ends_the_interval_before_it(self):
        walls = [1_000_000, 1_001_000, 1_061_000, 1_062_000]
        found = self.intervals([0, 1_000_000, 2_000_000, 3_000_000], walls=walls, fold_s=10.0)
        self.assertEqual([(0, 1000, 1_000_000), (61_000, 62_000, 1_000_000)], found)

    def test_a_missed_reading_of_a_power_is_a_gap(self):
        found = self.intervals([100.0, 100.0, None, 100.0, 100.0], fold_s=10.0)
        self.assertEqual(200_000_000, sum(energy for _, _, energy in found))


class CounterTests(unittest.TestCase):
    def test_a_counter_wraps_and_resets(self):
        counter = EnergyCounter(1000)
        self.assertEqual([900, 1050, 1060], [counter.unwrapped(raw) for raw in (900, 50, 60)])
        counter = EnergyCounter(1000)
        self.assertEqual([400, 10], [counter.unwrapped(raw) for raw in (400, 10)])


class MachineTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def domain(self, zone, name, energy="1", **more):
        files = {"name": name, "energy_uj": energy, "max_energy_range_uj": "262143328850", **more}
        write(self.root, {f"sys/class/powercap/{zone}/{file}": content + "\n" for file, content in files.items()})

    def test_nested_domains_count_once(self):
        self.domain("intel-rapl:0", "package-0")
        self.domain("intel-rapl:0:0", "core")
        self.domain("intel-rapl:0:1", "dram")
        self.domain("intel-rapl:1", "psys")
        self.domain("intel-rapl-mmio:0", "package-0")
        self.assertEqual(["intel-rapl:0", "intel-rapl:0:1"], [each.id for each in choose(domains(self.root))])

    def test_a_counter_that_may_not_be_read_is_not_chosen(self):
        self.domain("intel-rapl:0", "package-0", energy="")
        self.assertEqual([], choose(domains(self.root)))

    def test_hwmon_boards_are_keyed_by_their_bus(self):
        write(
            self.root,
            {
                "sys/devices/pci/0000:03:00.0/vendor": "0x1002",
                "sys/class/hwmon/hwmon3/name": "amdgpu\n",
                "sys/class/hwmon/hwmon3/power1_average": "30000000\n",
                "sys/class/hwmon/hwmon3/power1_cap": "200000000\n",
                "sys/class/hwmon/hwmon4/name": "coretemp\n",
            },
        )
        os.symlink("../../../devices/pci/0000:03:00.0", os.path.join(self.root, "sys/class/hwmon/hwmon3/device"))
        found = HwmonSensor.discover(self.root).devices
        self.assertEqual([("hwmon:0000:03:00.0", "gpu", 400.0)], [(each.key, each.kind, each.cap_w) for each in found])

    def test_shares_are_those_of_this_process(self):
        shares = ProcessShares("/", Host.of("/"), [os.getpid()])
        sum(i * i for i in range(3_000_000))
        share = shares.cut()[os.getpid()]
        self.assertTrue(0 < share.cpu <= 1)
        self.assertTrue(0 < share.ram < 1)


class ModelTests(unittest.TestCase):
    def host(self, **given):
        return Host("n", "b", "h", **{"sockets": 1, "logical_cpus": 32, "allotted_cpus": 32.0, **given})

    def test_bare_metal_has_whole_sockets(self):
        model = CpuPowerModel(self.host(cpu_model="AMD Ryzen Threadripper 1950X 16-Core Processor"))
        self.assertAlmostEqual(180 * (0.221 + 0.61), model.watts(1.0))

    def test_an_unknown_model_is_counted_by_thread(self):
        model = CpuPowerModel(self.host(cpu_model="AMD EPYC", virtual_machine=True, allotted_cpus=2.0))
        self.assertAlmostEqual(2 * 3.66 * 0.221, model.watts(0.0))
        self.assertEqual(1.0, model.uncertainty_ratio)

    def test_a_calibration_goes_through_its_points_and_never_overshoots(self):
        calibration = Calibration.checked("chip", [50, 80, 120, 118])
        model = CpuPowerModel(self.host(), calibration)
        self.assertEqual([50, 80, 120, 120], [round(model.watts(load), 9) for load in (0, 0.2, 0.5, 1)])
        curve = MonotoneCurve((0, 0.2, 0.5, 1), calibration.watts)
        points = [round(curve.at(i / 100), 9) for i in range(101)]
        self.assertEqual(points, sorted(points))
        with self.assertRaises(ValueError):
            Calibration.checked("chip", [50, 40, 120, 130])

    def test_names_are_normalised(self):
        self.assertEqual("xeon e5-2620 v3", normalised("Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz"))

    def test_the_factor_of_the_latest_year_counts(self):
        self.assertIsNone(yearly_factor("nowhere"))
        self.assertTrue(yearly_factor("DE", 2024).year <= 2024)
        self.assertIn("licence", yearly_factor("FR").__dict__)


class FakeLibrary:
    """Two boards: one counts energy, the other only knows its power; ``lost`` are off the bus."""

    def __init__(self):
        self.energy_mj, self.lost = 5000, set()

    def nvmlInit_v2(self):
        return 0

    def nvmlShutdown(self):
        return 0

    def nvmlDeviceGetCount_v2(self, count):
        count._obj.value = 2
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index, handle):
        handle._obj.value = index.value + 1
        return 0

    def nvmlDeviceGetHandleByUUID(self, uuid, handle):
        handle._obj.value = int(uuid[-1:])
        return 0

    def nvmlDeviceGetUUID(self, handle, text, length):
        text.value = b"GPU-%d" % handle.value
        return 0

    def nvmlDeviceGetName(self, handle, text, length):
        text.value = b"Tesla T4"
        return 0

    def nvmlDeviceGetPowerManagementLimitConstraints(self, handle, least, most):
        most._obj.value = 70_000
        return 0

    def nvmlDeviceGetTotalEnergyConsumption(self, handle, energy):
        if handle.value in self.lost:
            return 15
        energy._obj.value = self.energy_mj
        return 0 if handle.value == 1 else 3

    def nvmlDeviceGetPowerUsage(self, handle, power):
        power._obj.value = 40_000
        return 0


class NvmlTests(unittest.TestCase):
    def test_boards_are_read_by_counter_or_power_and_come_back(self):
        library = FakeLibrary()
        sensor = NvmlSensor(Nvml(library))
        self.assertEqual([("GPU-1", 140.0), ("GPU-2", 140.0)], [(each.key, each.cap_w) for each in sensor.devices])
        self.assertEqual([("GPU-1", 5_000_000), ("GPU-2", 40.0)], self.read(sensor))
        library.lost = {1}
        self.assertEqual([("GPU-2", 40.0)], self.read(sensor))
        library.lost = set()
        self.assertEqual(2, len(self.read(sensor)))

    def read(self, sensor):
        found = []

        class Kept:
            def counter(self, device, microjoules):
                found.append((device.key, microjoules))

            def power(self, device, watts):
                found.append((device.key, watts))

        sensor.read(Kept())
        return found


class AccountTests(unittest.TestCase):
    def test_the_run_has_the_dynamic_part_of_a_shared_device_and_all_of_a_held_one(self):
        seconds = iter(float(i) for i in range(20))
        walls = iter(1000 * i for i in range(20))
        readings = [Recorded(CPU, [0, 30_000_000, 60_000_000]), Recorded(GPU, [0, 200_000_000, 400_000_000])]
        sampler = Sampler(readings, lambda: next(walls), lambda: next(seconds), 10.0)
        account = Account()
        for _ in range(3):
            account.add(sampler.tick(), {CPU.key: 0.5, GPU.key: 1.0})
        joules, measured = account.run_joules()
        self.assertAlmostEqual((30 - 10) * 0.5 * 2 + 400, joules)
        self.assertAlmostEqual(joules, measured)
        self.assertAlmostEqual(210, account.power_w)

    def test_an_unknown_use_counts_whole_and_is_flagged(self):
        seconds = iter(float(i) for i in range(20))
        walls = iter(1000 * i for i in range(20))
        sampler = Sampler([Recorded(GPU, [0, 100_000_000])], lambda: next(walls), lambda: next(seconds), 10.0)
        account = Account()
        account.add(sampler.tick(), {})
        self.assertEqual((None, None), account.run_joules())
        account.add(sampler.tick(), {GPU.key: None})
        self.assertEqual([(100.0, True)], [(total.run_j, total.whole) for total in account.totals()])

    def test_what_is_used_before_a_weight_is_known_waits_for_it(self):
        seconds = iter(float(i) for i in range(20))
        walls = iter(1000 * i for i in range(20))
        sampler = Sampler([Recorded(CPU, [0, 30_000_000, 60_000_000])], lambda: next(walls), lambda: next(seconds), 10.0)
        account = Account()
        for weights in ({}, {}, {CPU.key: 0.5}):
            account.add(sampler.tick(), weights)
        self.assertEqual([(20.0, False)], [(total.run_j, total.whole) for total in account.totals()])


if __name__ == "__main__":
    unittest.main()
