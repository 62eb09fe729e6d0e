"""Trains a tiny randomly initialised model with transformers.Trainer, as the environment says; prints one line of JSON."""

import argparse
import json
import os
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainerCallback, TrainingArguments

from hf_eco2ai import CarbonBudgetCallback, CarbonConfig, Eco2AICallback


class Recorder(TrainerCallback):
    """Stands where TensorBoard, W&B and MLflow stand: it keeps what they would show."""

    def __init__(self):
        self.logs = []

    def on_log(self, args, state, control, logs=None, **kwargs):
        self.logs.append(dict(logs))


class Tokens(torch.utils.data.Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        tokens = torch.randint(0, 60, (16,), generator=torch.Generator().manual_seed(index))
        return {"input_ids": tokens, "labels": tokens}


def tiny():
    torch.manual_seed(0)
    return GPT2LMHeadModel(GPT2Config(vocab_size=64, n_positions=16, n_embd=16, n_layer=1, n_head=2))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("output")
    options.add_argument("--steps", type=int, default=20)
    options.add_argument("--save-steps", type=int, default=1000)
    options.add_argument("--resume")
    options.add_argument("--budget-kwh", type=float)
    options.add_argument("--step-s", type=float, default=0.0)
    options.add_argument("--fail-at", type=int)
    given = options.parse_args()

    class Slow(TrainerCallback):
        def on_step_begin(self, args, state, control, **kwargs):
            import time

            time.sleep(given.step_s)
            if given.fail_at == state.global_step:
                raise RuntimeError("this training fails")

    recorder = Recorder()
    carbon = Eco2AICallback(CarbonConfig(sample_s=0.2, interval_s=1.0, progress_s=0.5))
    budget = CarbonBudgetCallback(limit_kwh=given.budget_kwh, action="stop", check_every_steps=5)
    trainer = Trainer(
        model=tiny(),
        args=TrainingArguments(
            given.output,
            max_steps=given.steps,
            per_device_train_batch_size=4,
            logging_steps=5,
            save_steps=given.save_steps,
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
            dataloader_pin_memory=False,
        ),
        train_dataset=Tokens(),
        callbacks=[recorder, Slow(), carbon, budget],
    )
    trainer.train(resume_from_checkpoint=given.resume)
    report = carbon.report
    result = {
        "rank": trainer.args.process_index,
        "step": trainer.state.global_step,
        "stopped_at": budget.stopped_at_step,
        "logs": recorder.logs,
        "report": report.as_dict() if report else None,
    }
    sys.stdout.flush()
    os.write(1, f"\nRESULT {json.dumps(result)}\n".encode())  # in one piece: another process writes there too
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
