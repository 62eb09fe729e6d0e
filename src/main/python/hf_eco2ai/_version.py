"""The version of the installed package."""

from importlib import metadata


def version() -> str:
    """As pip installed it; ``0+source`` when run from a folder."""
    try:
        return metadata.version("hf_eco2ai")
    except metadata.PackageNotFoundError:
        return "0+source"


def client() -> str:
    """How this client calls itself to a server: ``hf_eco2ai/0.2.0``."""
    return "hf_eco2ai/" + version()
