"""Tracks a little work with CodeCarbon.

usage: codecarbon_run.py SECONDS MEASURES_PER_CALL [offline]
The rest is configured as users do it, by CODECARBON_* variables; emissions.csv is written to the working folder.
"""

import sys
import time

from codecarbon import EmissionsTracker, OfflineEmissionsTracker

seconds = float(sys.argv[1])
options = dict(measure_power_secs=1, api_call_interval=int(sys.argv[2]), output_dir=".", log_level="warning")
if "offline" in sys.argv:
    tracker = OfflineEmissionsTracker(country_iso_code="FRA", **options)
else:
    tracker = EmissionsTracker(**options)
tracker.start()
end = time.monotonic() + seconds
total = 0
while time.monotonic() < end:
    total += sum(i * i for i in range(10_000))
tracker.stop()
