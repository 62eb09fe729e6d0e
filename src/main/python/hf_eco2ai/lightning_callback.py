"""The callback for Lightning, under both of its names: ``lightning`` and ``pytorch_lightning``."""

import importlib
import os
import sys
from typing import Any, Dict, List, Optional, Tuple

from .budget import CarbonBudget
from .config import CarbonConfig
from .metrics import CarbonMetrics
from .ranks import Ranks
from .report import Report
from .run import Run, say

_HOMES = ("lightning.pytorch", "pytorch_lightning")


def _bases() -> Tuple[type, ...]:
    """The Callback class of each Lightning that is loaded; if none is, of the first that can be."""
    loaded = [sys.modules[home] for home in _HOMES if home in sys.modules]
    if not loaded:
        for home in _HOMES:
            try:
                loaded = [importlib.import_module(home)]
                break
            except ImportError:
                continue
        else:
            raise ImportError("Eco2AILightningCallback needs lightning or pytorch_lightning")
    return tuple(module.Callback for module in loaded)


class _Hooks:
    """``Trainer(callbacks=[Eco2AILightningCallback()])``. ``budget``: a limit for the run, see ``CarbonBudget``."""

    def __init__(self, config: Optional[CarbonConfig] = None, budget: Optional[CarbonBudget] = None) -> None:
        self.config = config or CarbonConfig()
        self.budget = budget
        self.report: Optional[Report] = None
        self.stopped_at_step: Optional[int] = None
        self._run: Optional[Run] = None
        self._continued: Optional[str] = None
        self._samples = 0
        self._world = 1

    @property
    def metrics(self) -> CarbonMetrics:
        """The figures so far."""
        return self._run.metrics() if self._run else CarbonMetrics()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        if not self.config.enabled:
            return
        try:
            self._samples, self._world = 0, max(1, int(trainer.world_size))
            self._run = Run(self.config, Ranks.here(int(trainer.local_rank)))
            self._run.begin(
                name=type(pl_module).__name__,
                params=_params(trainer, pl_module),
                external_id=self._continued,
                gpu_indices=_gpus(trainer),
            )
            if self.budget is not None:
                self.budget.begin(self._run)
        except Exception as problem:
            say(f"not measured: {problem!r}")

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        run = self._run
        if run is None:
            return
        step = trainer.global_step
        try:
            self._samples += _batch_size(batch) * self._world
            run.step(step, float(trainer.current_epoch), self._samples or None)
            if self.config.log_to_trainer and (batch_idx + 1) % max(1, trainer.log_every_n_steps) == 0:
                self._log(run, trainer, pl_module)
        except Exception as problem:
            run.once(f"the trainer's logs have no figures: {problem!r}")
        if self.budget is not None and self.stopped_at_step is None and self.budget.stop_now(batch_idx + 1):
            self._stop(trainer, step)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        run = self._run
        if run is not None and self.config.log_to_trainer:
            try:
                self._log(run, trainer, pl_module)
            except Exception as problem:
                run.once(f"the trainer's logs have no figures: {problem!r}")

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._end(trainer, "FINISHED")

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._end(trainer, "KILLED" if isinstance(exception, KeyboardInterrupt) else "FAILED")

    def state_dict(self) -> Dict[str, Any]:
        """Kept in checkpoints, so that a resumed training continues the run."""
        external_id = self._run.external_id if self._run else self._continued
        return {"external_id": external_id} if external_id else {}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        self._continued = state_dict.get("external_id")

    def _log(self, run: Run, trainer: Any, pl_module: Any) -> None:
        if not run.ranks.leads_node:
            return
        figures = run.metrics().logs(self.config.log_prefix)
        trainer.callback_metrics.update({name: _tensor(figure) for name, figure in figures.items()})
        if run.ranks.leads_run and figures:
            for logger in trainer.loggers:
                logger.log_metrics({**figures, "epoch": trainer.current_epoch}, step=trainer.global_step)

    def _stop(self, trainer: Any, step: int) -> None:
        """All processes are here in the same step: the checkpoint is saved by all, then all stop."""
        self.stopped_at_step = step
        try:
            folder = getattr(trainer.checkpoint_callback, "dirpath", None) or trainer.default_root_dir
            trainer.save_checkpoint(os.path.join(folder, "budget.ckpt"))
        finally:
            trainer.should_stop = True

    def _end(self, trainer: Any, status: str) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        try:
            self._continued = run.external_id
            self.report = run.finish(status)
            if self.report is not None and run.ranks.leads_run:
                if self.config.report_file != "-":
                    folder = getattr(trainer, "log_dir", None) or trainer.default_root_dir
                    self.report.write(self.config.report_file or os.path.join(folder, "hf_eco2ai.json"))
                if self.config.print_report:
                    self.report.print()
        except Exception as problem:
            say(f"no report: {problem!r}")


def _tensor(figure: float) -> Any:
    import torch

    return torch.tensor(figure)


def _batch_size(batch: Any, depth: int = 0) -> int:
    """Of the first tensor in it; 0 when there is none."""
    shape = getattr(batch, "shape", None)
    if shape is not None:
        return int(shape[0]) if len(shape) else 1
    parts = list(batch.values()) if isinstance(batch, dict) else list(batch) if isinstance(batch, (list, tuple)) else []
    for part in parts if depth < 4 else []:
        size = _batch_size(part, depth + 1)
        if size:
            return size
    return 0


def _gpus(trainer: Any) -> Optional[List[int]]:
    device = getattr(trainer.strategy, "root_device", None)
    if device is None or device.type != "cuda":
        return None
    return [device.index or 0]


def _params(trainer: Any, pl_module: Any) -> Dict[str, Any]:
    return {
        "max_epochs": trainer.max_epochs,
        "max_steps": trainer.max_steps,
        "precision": trainer.precision,
        "world_size": trainer.world_size,
        "model": type(pl_module).__name__,
        "model_parameters": sum(parameter.numel() for parameter in pl_module.parameters()),
    }


Eco2AILightningCallback = type(
    "Eco2AILightningCallback", (_Hooks, *_bases()), {"__module__": __name__, "__doc__": _Hooks.__doc__}
)
