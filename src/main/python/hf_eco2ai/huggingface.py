"""Callbacks for ``transformers.Trainer`` and what is built on it (TRL, Sentence Transformers …)."""

import json
import math
import os
import sys
from typing import Any, Dict, List, Optional

from transformers import TrainerCallback

from .budget import CarbonBudget
from .config import CarbonConfig
from .metrics import CarbonMetrics
from .ranks import Ranks
from .report import Report
from .run import Run, current, say

_STATE_FILE = "hf_eco2ai.json"


class Eco2AICallback(TrainerCallback):  # type: ignore[misc]
    """Measures a training, shows the figures in the trainer's logs, and reports it where a server is set.

    ``Trainer(..., callbacks=[Eco2AICallback()])``. On every process of a distributed training; one of each node measures.
    """

    def __init__(self, config: Optional[CarbonConfig] = None) -> None:
        self.config = config or CarbonConfig()
        self.report: Optional[Report] = None
        """Of the last training; None before its end, and on processes that do not lead their node."""
        self._run: Optional[Run] = None
        self._samples_per_step = 0
        self._first_step = 0

    @property
    def metrics(self) -> CarbonMetrics:
        """The figures so far."""
        return self._run.metrics() if self._run else CarbonMetrics()

    def on_init_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._stand_first()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not self.config.enabled:
            return
        try:
            self._stand_first()
            if self._run is not None:
                self._run.finish("FAILED")  # the training before never came to its end
            self._run = Run(self.config, Ranks.here(getattr(args, "local_process_index", None)))
            world = max(1, int(getattr(args, "world_size", 1)))
            self._samples_per_step = int(args.train_batch_size) * int(args.gradient_accumulation_steps) * world
            self._first_step = int(state.global_step)
            self._run.begin(
                name=_name(args),
                params=_params(args, state, kwargs.get("model")),
                external_id=_saved_id(args, state),
                gpu_indices=_gpus(args),
            )
        except Exception as problem:
            say(f"not measured: {problem!r}")

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        run = self._run
        if run is not None:
            step = state.global_step
            run.step(step, state.epoch, (step - self._first_step) * self._samples_per_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Optional[Dict[str, Any]] = None, **kwargs: Any) -> None:
        run = self._run
        if run is None or logs is None:
            return
        try:
            tokens = getattr(state, "num_input_tokens_seen", 0)
            run.tokens = int(tokens) if tokens else None
            run.last_logs = {name: float(figure) for name, figure in logs.items() if _finite(figure)}
            if self.config.log_to_trainer and run.ranks.leads_node:
                figures = run.metrics().logs(self.config.log_prefix)
                logs.update(figures)
                if state.log_history and state.log_history[-1].get("step") == state.global_step:
                    state.log_history[-1].update(figures)
        except Exception as problem:
            run.once(f"the trainer's logs have no figures: {problem!r}")

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Keeps the run's id beside the checkpoint, so that a resumed training continues the run."""
        run = self._run
        if run is None or not run.ranks.leads_run or run.external_id is None:
            return
        try:
            folder = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")
            if os.path.isdir(folder):
                with open(os.path.join(folder, _STATE_FILE), "w", encoding="utf-8") as file:
                    json.dump({"external_id": run.external_id}, file)
        except Exception as problem:
            run.once(f"the run's id is not in the checkpoint: {problem!r}")

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        try:
            self.report = run.finish("FINISHED")
            if self.report is not None and run.ranks.leads_run:
                if self.config.report_file != "-":
                    self.report.write(self.config.report_file or os.path.join(args.output_dir, _STATE_FILE))
                if self.config.print_report:
                    self.report.print()
        except Exception as problem:
            say(f"no report: {problem!r}")

    def _stand_first(self) -> None:
        """Trainer asks its own reporting callbacks (TensorBoard, W&B, MLflow) before those of the user, so what is put
        into the logs would come too late for them. The handler is not handed to a callback: it is who called."""
        frame = sys._getframe(1)
        for _ in range(6):
            callbacks = getattr(frame.f_locals.get("self"), "callbacks", None)
            if isinstance(callbacks, list) and any(each is self for each in callbacks):
                callbacks.remove(self)
                callbacks.insert(0, self)
                return
            if frame.f_back is None:
                return
            frame = frame.f_back


class CarbonBudgetCallback(TrainerCallback):  # type: ignore[misc]
    """Stops a training (``action="stop"``), or says so, when its budget is used up; see ``CarbonBudget``.

    Needs ``Eco2AICallback`` in the same trainer; with several processes it must be on all of them.
    """

    def __init__(
        self,
        limit_kg: Optional[float] = None,
        limit_kwh: Optional[float] = None,
        action: str = "warn",
        check_every_steps: int = 10,
    ) -> None:
        self.budget = CarbonBudget(limit_kg, limit_kwh, action, check_every_steps)
        self.stopped_at_step: Optional[int] = None
        self._begun: Optional[Run] = None

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        run = current()
        if run is not self._begun:
            self._begun = run
            self.budget.begin(run)
        if self.budget.stop_now(state.global_step):
            self.stopped_at_step = state.global_step
            control.should_save = True  # the trainer saves first, then stops
            control.should_training_stop = True

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.stopped_at_step = None


def _name(args: Any) -> Optional[str]:
    name = getattr(args, "run_name", None)
    if name and name != args.output_dir:
        return str(name)
    return os.path.basename(os.path.normpath(args.output_dir)) if args.output_dir else None


def _gpus(args: Any) -> Optional[List[int]]:
    """With DataParallel one process drives all the boards it sees."""
    count = int(getattr(args, "n_gpu", 0) or 0)
    return list(range(count)) if count > 1 else None


def _finite(figure: Any) -> bool:
    return isinstance(figure, (int, float)) and not isinstance(figure, bool) and math.isfinite(figure)


def _params(args: Any, state: Any, model: Any) -> Dict[str, Any]:
    import transformers

    found: Dict[str, Any] = {"transformers": transformers.__version__, "max_steps": state.max_steps}
    for name in (
        "per_device_train_batch_size",
        "gradient_accumulation_steps",
        "num_train_epochs",
        "learning_rate",
        "bf16",
        "fp16",
        "seed",
        "world_size",
    ):
        found[name] = getattr(args, name, None)
    config = getattr(model, "config", None)
    for name in ("_name_or_path", "model_type"):
        found["model" if name == "_name_or_path" else name] = getattr(config, name, None) or None
    try:
        found["model_parameters"] = sum(parameter.numel() for parameter in model.parameters())
    except Exception:
        found["model_parameters"] = None
    return found


def _saved_id(args: Any, state: Any) -> Optional[str]:
    """Of the run that this training continues; None for a new one."""
    if not state.global_step:
        return None
    folders = [os.path.join(args.output_dir, f"checkpoint-{state.global_step}")]
    resumed = getattr(args, "resume_from_checkpoint", None)
    if isinstance(resumed, str):
        folders.insert(0, resumed)
    frame = sys._getframe(1)
    for _ in range(12):  # train(resume_from_checkpoint=…) tells its callbacks nothing of the folder
        told = frame.f_locals.get("resume_from_checkpoint")
        if isinstance(told, str):
            folders.insert(0, told)
            break
        if frame.f_back is None:
            break
        frame = frame.f_back
    for folder in folders:
        try:
            with open(os.path.join(folder, _STATE_FILE), encoding="utf-8") as file:
                return str(json.load(file)["external_id"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    say("the checkpoint does not say which run it is of: this is a new run")
    return None
