"""The figures that come with the package: rated powers, coefficients of the load model, yearly grid factors."""

import csv
import datetime
import os
import re
from dataclasses import dataclass
from typing import Dict, List, Optional

_DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
_NOISE = re.compile(
    r"\((r|tm)\)|@.*|\bwith .*|\b\d+(st|nd|rd|th) gen\b|\b[a-z0-9]+-core\b"
    r"|\b(intel|amd|cpu|processor|apu|soc|genuine|nvidia|tesla)\b",
    re.ASCII,
)


@dataclass(frozen=True)
class Rated:
    """Rated power of one package; ``threads`` 0 when not known."""

    name: str
    watts: float
    threads: int


def normalised(model: str) -> str:
    """A model's name without marks, clock, core count and maker, as the tables have it."""
    return " ".join(_NOISE.sub(" ", model.lower()).split())


def cpu_tdp(model: str) -> Optional[Rated]:
    return _rated("cpu", model)


def gpu_tdp_watts(model: str) -> Optional[float]:
    row = _rated("gpu", model)
    return row.watts if row else None


def _rated(kind: str, model: str) -> Optional[Rated]:
    start = f"{kind},{normalised(model)},"
    with open(os.path.join(_DATA, "tdp.csv"), encoding="utf-8") as table:
        for line in table:
            if line.startswith(start):
                cells = line.rstrip("\n").split(",")
                return Rated(cells[1], float(cells[2]), int(cells[3] or 0))
    return None


def coefficients() -> Dict[str, float]:
    """Of the load model, by name."""
    found = {}
    with open(os.path.join(_DATA, "load-model.properties"), encoding="utf-8") as lines:
        for line in lines:
            name, equals, figure = line.partition("=")
            if equals and not line.startswith("#"):
                found[name.strip()] = float(figure)
    return found


@dataclass(frozen=True)
class Factor:
    """gCO2e for each kWh of a zone in a year, with its source."""

    zone: str
    year: int
    g_per_kwh: float
    basis: str
    source: str
    edition: str
    licence: str

    @property
    def _rank(self) -> "tuple[int, str]":
        return {"direct": 0, "life-cycle": 1}.get(self.basis, 2), self.source


def yearly_factor(zone: str, year: Optional[int] = None) -> Optional[Factor]:
    """The average of the year, else of the latest before it, else of the earliest after; None for an unknown zone."""
    wanted = year or datetime.datetime.now(datetime.timezone.utc).year
    found: List[Factor] = []
    for table in ("factors.csv", "factors-odbl.csv"):
        with open(os.path.join(_DATA, table), encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                if row["zone"].lower() == zone.lower() and row["method"] == "average":
                    found.append(_factor(row))
    past = [factor for factor in found if factor.year <= wanted]
    if past:
        return min(past, key=lambda factor: (-factor.year, factor._rank))
    return min(found, key=lambda factor: (factor.year, factor._rank)) if found else None


def _factor(row: Dict[str, str]) -> Factor:
    return Factor(
        row["zone"],
        int(row["year"]),
        float(row["g_per_kwh"]),
        row["basis"],
        row["source"],
        row["edition"],
        row["licence"],
    )
