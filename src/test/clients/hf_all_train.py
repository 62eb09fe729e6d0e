"""Trains a tiny model with Trainer's own MLflow and CodeCarbon callbacks and ours beside them; prints one line of JSON.

MLFLOW_* and CODECARBON_* say where those two report, as users set them.
"""

import json
import sys

import hf_train
from transformers import Trainer, TrainerCallback, TrainingArguments

from hf_eco2ai import CarbonConfig, Eco2AICallback


class Slow(TrainerCallback):
    def on_step_begin(self, args, state, control, **kwargs):
        import time

        time.sleep(0.3)


ours = [Eco2AICallback(CarbonConfig(sample_s=0.2, interval_s=1.0, progress_s=0.5))] if "alone" not in sys.argv else []
trainer = Trainer(
    model=hf_train.tiny(),
    args=TrainingArguments(
        sys.argv[1],
        max_steps=30,
        per_device_train_batch_size=4,
        logging_steps=5,
        report_to=["mlflow", "codecarbon"],
        use_cpu=True,
        disable_tqdm=True,
        save_strategy="no",
        dataloader_pin_memory=False,
    ),
    train_dataset=hf_train.Tokens(),
    callbacks=[Slow(), *ours],
)
trainer.train()
print("RESULT " + json.dumps({"logs": trainer.state.log_history, "step": trainer.state.global_step}))
