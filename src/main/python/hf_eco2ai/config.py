"""Settings. Each field can be given as an argument, else as an environment variable ``HFECO2AI_<FIELD>``."""

import os
import warnings
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise ValueError("must be true or false")


def _pairs(text: str) -> Dict[str, str]:
    pairs = {}
    for part in text.split(","):
        if part.strip():
            key, equals, content = part.partition("=")
            if not equals:
                raise ValueError("must look like key=text,key=text")
            pairs[key.strip()] = content.strip()
    return pairs


def _from_environment(name: str, read: Callable[[str], Any], otherwise: Any) -> Any:
    text = os.environ.get("HFECO2AI_" + name)
    if text is None or not text.strip():
        return otherwise() if callable(otherwise) else otherwise
    try:
        return read(text.strip())
    except ValueError as problem:  # a mistake in the environment must not end a training
        warnings.warn(f"HFECO2AI_{name}={text!r} is not used: {problem}", stacklevel=4)
        return otherwise() if callable(otherwise) else otherwise


def _setting(name: str, read: Callable[[str], Any], otherwise: Any) -> Any:
    return field(default_factory=lambda: _from_environment(name, read, otherwise))


@dataclass(frozen=True)
class CarbonConfig:
    """What is measured, where it is reported, and what is shown.

    Raises ValueError, naming the field, for a value that cannot be meant; times are in seconds.
    """

    server: Optional[str] = _setting("SERVER", str, None)
    """Address of the HF Eco2AI server, such as ``http://localhost:8080``. Without it everything stays on this machine."""
    token: Optional[str] = _setting("TOKEN", str, None)
    """API token of the server."""
    project: str = _setting("PROJECT", str, "default")
    experiment: str = _setting("EXPERIMENT", str, "default")
    name: Optional[str] = _setting("NAME", str, None)
    """Name of the run; the trainer's own name for it when unset."""
    external_id: Optional[str] = _setting("EXTERNAL_ID", str, None)
    """The run's id of your own: the same again continues the run. Made at random, and kept in checkpoints, when unset."""
    parent_id: Optional[str] = _setting("PARENT_ID", str, None)
    """Id of a run on the server that this one is a part of, such as a sweep."""
    tags: Dict[str, str] = _setting("TAGS", _pairs, dict)
    zone: Optional[str] = _setting("ZONE", str, None)
    """Grid zone, such as ``DE``, for emissions where no server tells them: the bundled yearly average is used then."""
    enabled: bool = _setting("ENABLED", _flag, True)
    """False: the callbacks do nothing at all."""
    measure: bool = _setting("MEASURE", _flag, True)
    """False: no sensor is read; the run is reported, and what measures its node tells the energy."""
    sample_s: float = _setting("SAMPLE_S", float, 1.0)
    """Time between two readings, 0.1 to 60."""
    interval_s: float = _setting("INTERVAL_S", float, 10.0)
    """Readings are folded into intervals of this length, 1 to 600."""
    progress_s: float = _setting("PROGRESS_S", float, 10.0)
    """Time between two reports of step and epoch to the server, 0.5 to 3600."""
    log_to_trainer: bool = _setting("LOG_TO_TRAINER", _flag, True)
    """Put the figures into the trainer's own logs."""
    log_prefix: str = _setting("LOG_PREFIX", str, "")
    """Put before the names of the figures in the trainer's logs, such as ``carbon/``."""
    send_params: bool = _setting("SEND_PARAMS", _flag, True)
    """Tell the server the model, precision, batch size and the like."""
    print_report: bool = _setting("PRINT_REPORT", _flag, True)
    """Print the report at the end of the training to standard error."""
    report_file: Optional[str] = _setting("REPORT_FILE", str, None)
    """Where the report is written as JSON; ``hf_eco2ai.json`` in the trainer's output folder when unset; ``-`` for none."""
    spool_folder: Optional[str] = _setting("SPOOL_FOLDER", str, None)
    """Where messages wait for a server that is down; ``$XDG_STATE_HOME/hf-eco2ai/python`` when unset."""
    spool_mb: float = _setting("SPOOL_MB", float, 20.0)
    """Size of that folder at most, in MB; the oldest goes first. 0: keep nothing."""
    finish_timeout_s: float = _setting("FINISH_TIMEOUT_S", float, 6.0)
    """How long the end of a training may wait for the server, 0 to 60."""

    def __post_init__(self) -> None:
        for name, least, most in (
            ("sample_s", 0.1, 60.0),
            ("interval_s", 1.0, 600.0),
            ("progress_s", 0.5, 3600.0),
            ("spool_mb", 0.0, 10_000.0),
            ("finish_timeout_s", 0.0, 60.0),
        ):
            if not least <= float(getattr(self, name)) <= most:
                raise ValueError(f"{name} must be from {least:g} to {most:g}, was {getattr(self, name)!r}")
        if self.server is not None and not self.server.startswith(("http://", "https://")):
            raise ValueError(f"server must look like https://hf-eco2ai.example.org, was {self.server!r}")
        for name in ("project", "experiment"):
            if not 1 <= len(getattr(self, name).strip()) <= 200:
                raise ValueError(f"{name} must have 1 to 200 characters")
