"""What a training used, for a person and as JSON."""

import json
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .messages import iso

if TYPE_CHECKING:
    from .run import Run


@dataclass
class Report:
    """The figures at the end. The server's footprint is the run's; ``node`` is what this machine's processes caused."""

    status: str
    started_at: str
    duration_s: float
    external_id: Optional[str]
    energy_kwh: Optional[float]
    measured_kwh: Optional[float]
    emissions_kg_co2e: Optional[float]
    factor: Optional[Dict[str, Any]]
    steps: int
    samples: Optional[int]
    samples_per_kwh: Optional[float]
    devices: List[Dict[str, Any]] = field(default_factory=list)
    footprint: Optional[Dict[str, Any]] = None
    """As the server answered, the whole run's, all nodes and attempts."""
    run_url: Optional[str] = None
    notes: List[str] = field(default_factory=list)

    @staticmethod
    def of(run: "Run", status: str) -> "Report":
        reporter = run.reporter
        joules, measured = run.account.run_joules()
        energy = None if joules is None else joules / 3.6e6
        factor = run.factor
        outbox = reporter.outbox if reporter else None
        return Report(
            status=status,
            started_at=iso(run.started_ms),
            duration_s=round(run.duration_s, 3),
            external_id=run.external_id,
            energy_kwh=energy,
            measured_kwh=None if measured is None else measured / 3.6e6,
            emissions_kg_co2e=energy * factor.g_per_kwh / 1e3 if energy is not None and factor else None,
            factor=dict(factor.__dict__) if factor else None,
            steps=run.step_now,
            samples=run.samples,
            samples_per_kwh=run.samples / energy if run.samples and energy else None,
            devices=_devices(run),
            footprint=outbox.footprint if outbox else None,
            run_url=outbox.run_url if outbox else None,
            notes=_notes(run),
        )

    def as_dict(self) -> Dict[str, Any]:
        return dict(self.__dict__)

    def write(self, path: str) -> None:
        """Raises OSError when it cannot be written there."""
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.as_dict(), file, indent=2)
            file.write("\n")

    def lines(self) -> List[str]:
        quality = "unknown quality"
        if self.energy_kwh and self.measured_kwh is not None:
            part = self.measured_kwh / self.energy_kwh
            quality = "measured" if part > 0.9995 else "modelled" if part < 0.0005 else f"{part:.0%} measured"
        parts = [f"{_energy(self.energy_kwh)} on this node ({quality})", self._emissions(), _duration(self.duration_s)]
        if self.samples_per_kwh:
            parts.append(f"{self.samples_per_kwh:,.0f} samples/kWh")
        lines = ["hf_eco2ai: " + ", ".join(parts)]
        for device in self.devices:
            lines.append(
                f"  {device['name']} ({device['source']}): {_energy(device['run_j'] / 3.6e6)} of the machine's"
                f" {_energy(device['machine_j'] / 3.6e6)}, {device['quality']} ±{device['uncertainty_ratio']:.0%}"
                + (", whole device" if device["whole_device"] else "")
            )
        if self.footprint:
            emissions = self.footprint.get("emissions_kg_co2e")
            told = "emissions unknown (set the site's zone)" if emissions is None else f"{emissions:.4g} kg CO2e"
            lines.append(f"  whole run on the server: {_energy(self.footprint.get('energy_kwh'))}, {told}")
        if self.run_url:
            lines.append("  " + self.run_url)
        return lines + ["  " + note for note in self.notes]

    def print(self) -> None:
        for line in self.lines():
            print(line, file=sys.stderr, flush=True)

    def _emissions(self) -> str:
        if self.factor is None or self.emissions_kg_co2e is None:
            return "emissions unknown (set HFECO2AI_ZONE, or a server)" if not self.footprint else "emissions below"
        return (
            f"{self.emissions_kg_co2e * 1e3:.4g} g CO2e ({self.factor['zone']} {self.factor['year']}:"
            f" {self.factor['g_per_kwh']:g} g/kWh {self.factor['basis']})"
        )


def _devices(run: "Run") -> List[Dict[str, Any]]:
    return [
        {
            "device": total.device.key,
            "name": total.device.name,
            "kind": total.device.kind,
            "source": total.device.source,
            "quality": total.device.quality,
            "boundary": total.device.boundary,
            "uncertainty_ratio": total.device.uncertainty_ratio,
            "run_j": round(total.run_j, 6),
            "machine_j": round(total.energy_j, 6),
            "observed_s": round(total.observed_s, 3),
            "whole_device": total.whole,
        }
        for total in run.account.totals()
    ]


def _notes(run: "Run") -> List[str]:
    notes = list(run.reporter.notes) if run.reporter else []
    if not run.config.measure:
        notes.append("no sensor was read: measure is off")
    if run.reporter and run.reporter.outbox.node_watched:
        notes.append("another sensor measures this node: the server was told what the processes did, no energy")
    if run.ranks.world_size > 1:
        notes.append(f"{run.ranks.world_size} processes; the figures above are of this node's")
    return notes


def _energy(kwh: Optional[float]) -> str:
    if kwh is None:
        return "energy unknown"
    return f"{kwh:.4g} kWh" if kwh >= 0.1 else f"{kwh * 1e3:.4g} Wh"


def _duration(seconds: float) -> str:
    whole = int(seconds + 0.5)
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min" if whole >= 3600 else f"{whole // 60} min {whole % 60:02d} s"
