"""Writes the small random models of paper-toy, with the tokenizer of the folder given: toy-weights.py TOKENIZER OUT."""

import sys
from pathlib import Path

import torch
from transformers import AutoTokenizer, GemmaConfig, GemmaForCausalLM, LlamaConfig, LlamaForCausalLM

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
shared = dict(
    vocab_size=len(tokenizer),
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    tie_word_embeddings=True,
    bos_token_id=tokenizer.bos_token_id,
    eos_token_id=tokenizer.eos_token_id,
    pad_token_id=tokenizer.pad_token_id,
)
models = {
    "small": (LlamaForCausalLM, LlamaConfig(hidden_size=64, intermediate_size=128, **shared)),
    "large": (LlamaForCausalLM, LlamaConfig(hidden_size=128, intermediate_size=256, **shared)),
    "gemma": (GemmaForCausalLM, GemmaConfig(hidden_size=64, intermediate_size=128, head_dim=16, **shared)),
}
for name, (model, config) in models.items():
    torch.manual_seed(0)
    folder = Path(sys.argv[2]) / name
    model(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
