"""Trains a tiny module with Lightning, under the import name that is given; prints one line of JSON."""

import importlib
import json
import sys
import time

import torch

home, folder = sys.argv[1], sys.argv[2]
budget_kwh = float(sys.argv[3]) if len(sys.argv) > 3 else None
resume = sys.argv[4] if len(sys.argv) > 4 else None
pl = importlib.import_module(home)

from hf_eco2ai import CarbonConfig, Eco2AILightningCallback  # noqa: E402
from hf_eco2ai.budget import CarbonBudget  # noqa: E402


class Tiny(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 1)

    def training_step(self, batch, batch_idx):
        time.sleep(0.05)
        return self.layer(batch[0]).pow(2).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)


logged = []
loggers = importlib.import_module(home + ".loggers")


class Kept(loggers.CSVLogger):
    def log_metrics(self, metrics, step=None):
        logged.append(dict(metrics))


data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(160, 8)), batch_size=4)
budget = CarbonBudget(limit_kwh=budget_kwh, action="stop", check_every_steps=5) if budget_kwh else None
carbon = Eco2AILightningCallback(CarbonConfig(sample_s=0.2, interval_s=1.0, progress_s=0.5), budget)
trainer = pl.Trainer(
    max_epochs=2 if resume else 1,
    accelerator="cpu",
    callbacks=[carbon],
    logger=Kept(folder),
    default_root_dir=folder,
    enable_progress_bar=False,
    enable_model_summary=False,
    log_every_n_steps=10,
)
trainer.fit(Tiny(), data, ckpt_path=resume)
checkpoint = folder + "/last.ckpt"
trainer.save_checkpoint(checkpoint)
print(
    "RESULT "
    + json.dumps(
        {
            "step": trainer.global_step,
            "stopped_at": carbon.stopped_at_step,
            "logs": logged,
            "checkpoint": checkpoint,
            "shown": sorted(trainer.callback_metrics),
            "report": carbon.report.as_dict(),
        }
    )
)
