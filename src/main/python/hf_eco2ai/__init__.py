"""Energy and carbon of a training run, measured while Hugging Face Trainer or Lightning trains.

Importing this package imports nothing but the standard library; the trainer's library is imported with its callback.
"""

from typing import TYPE_CHECKING, Any

from .config import CarbonConfig
from .metrics import CarbonMetrics

if TYPE_CHECKING:  # for editors and type checkers only
    from .huggingface import CarbonBudgetCallback, Eco2AICallback
    from .lightning_callback import Eco2AILightningCallback

__all__ = [
    "CarbonBudgetCallback",
    "CarbonConfig",
    "CarbonMetrics",
    "Eco2AICallback",
    "Eco2AILightningCallback",
    "__version__",
]

_HOMES = {
    "Eco2AICallback": "huggingface",
    "CarbonBudgetCallback": "huggingface",
    "Eco2AILightningCallback": "lightning_callback",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from ._version import version

        return version()
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{home}", __name__), name)


def __dir__() -> "list[str]":
    return sorted(__all__)
