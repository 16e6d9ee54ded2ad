"""Pairs by Bespoke Curator: one LLM after the other, each with its cache in a folder."""

import json
import os
import sys
from pathlib import Path

os.environ |= {
    "TELEMETRY_ENABLED": "false",
    "CURATOR_DISABLE_RICH_DISPLAY": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}

import litellm.litellm_core_utils.default_encoding  # noqa: F401 - tells tiktoken where its vocabulary is without a network
from bespokelabs import curator
from datasets import Dataset

job = json.loads(Path(sys.argv[1]).read_text())
limits = {
    "max_concurrent_requests": job["in_flight"],
    "max_requests_per_minute": 10**7,
    "max_tokens_per_minute": 10**12,
}


class Ask(curator.LLM):
    def prompt(self, row: dict) -> str:
        return row["prompt"]

    def parse(self, row: dict, response: str) -> dict:
        return {**row, "answer": response}


def ask(prompts: list[str], temperature: float) -> list[str]:
    llm = Ask(
        model_name="fast",
        backend="openai",
        backend_params={"base_url": job["url"], "api_key": "none", **limits},
        generation_params={"temperature": temperature},
    )
    rows = Dataset.from_list([{"prompt": prompt} for prompt in prompts])
    answers = {row["prompt"]: row["answer"] for row in llm(rows, working_dir="curator").dataset}
    return [answers[prompt] for prompt in prompts]


descriptions = ask([job["describe"] + text for text in job["texts"]], 0.3)
prompts = [job["write"] + description for description in descriptions]
with Path("pairs.jsonl").open("w") as pairs:
    for description, chosen, rejected in zip(descriptions, ask(prompts, 0.3), ask(prompts, 1), strict=True):
        pairs.write(json.dumps({"description": description, "chosen": chosen, "rejected": rejected}) + "\n")
