"""Fine-tunes a tiny randomly initialised model with TRL's SFTTrainer; prints one line of JSON. No download."""

import json
import sys

from datasets import Dataset
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from hf_eco2ai import CarbonConfig, Eco2AICallback

words = ["<pad>", "<unk>", "<eos>", "the", "grid", "is", "clean", "today"]
tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = Whitespace()
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", eos_token="<eos>")
model = GPT2LMHeadModel(
    GPT2Config(vocab_size=len(words), n_positions=32, n_embd=16, n_layer=1, n_head=2, bos_token_id=2, eos_token_id=2)
)
carbon = Eco2AICallback(CarbonConfig(sample_s=0.2, interval_s=1.0, progress_s=0.5))
trainer = SFTTrainer(
    model=model,
    args=SFTConfig(
        sys.argv[1],
        max_steps=30,
        per_device_train_batch_size=2,
        logging_steps=5,
        report_to=[],
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        max_length=16,
        dataloader_pin_memory=False,
    ),
    train_dataset=Dataset.from_dict({"text": ["the grid is clean today"] * 40}),
    processing_class=fast,
    callbacks=[carbon],
)
trainer.train()
print("RESULT " + json.dumps({"logs": trainer.state.log_history, "report": carbon.report.as_dict()}))
