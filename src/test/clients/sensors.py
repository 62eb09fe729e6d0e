"""Says what the Python package finds on the machine under a root folder; prints one line of JSON."""

import json
import sys

from hf_eco2ai.sensors import discover

selection = discover(sys.argv[1])


def figure(watts):
    return {"inf": "Infinity", "nan": "NaN"}.get(f"{watts:.6f}", f"{watts:.6f}")



print(
    "RESULT "
    + json.dumps(
        {
            "node_id": selection.host.node_id,
            "boot_id": selection.host.boot_id,
            "name": selection.host.name,
            "devices": [
                "|".join(
                    (
                        device.key,
                        device.kind,
                        device.name,
                        device.boundary,
                        device.quality,
                        device.source,
                        f"{device.uncertainty_ratio:.6f}",
                        figure(device.cap_w),
                        figure(device.idle_w),
                    )
                )
                for device in selection.devices
            ],
        }
    )
)
