"""The figures of a run at an instant."""

from dataclasses import asdict, dataclass
from typing import Any, Dict, Optional


@dataclass(frozen=True)
class CarbonMetrics:
    """What the run has used so far. What is not known is None, never 0."""

    energy_kwh: Optional[float] = None
    """The run's part of the energy, in kWh."""
    power_w: Optional[float] = None
    """Mean power of the last sample of this node's part, or as the server says."""
    emissions_kg_co2e: Optional[float] = None
    """Location-based, in kg CO2e; None without a zone."""
    samples: Optional[int] = None
    samples_per_kwh: Optional[float] = None
    duration_s: float = 0.0
    measured_kwh: Optional[float] = None
    """The part that a counter or meter measured; the rest is modelled. None when only the server knows."""
    scope: str = "node"
    """``node``: this machine's processes of the run; ``run``: all of it, as the server has booked it."""

    def logs(self, prefix: str = "") -> Dict[str, float]:
        """For a trainer's logs: the known ones of energy, power, emissions and samples for each kWh."""
        names = ("energy_kwh", "power_w", "emissions_kg_co2e", "samples_per_kwh")
        known = {name: getattr(self, name) for name in names}
        return {prefix + name: float(figure) for name, figure in known.items() if figure is not None}

    def as_dict(self) -> Dict[str, Any]:
        return asdict(self)
