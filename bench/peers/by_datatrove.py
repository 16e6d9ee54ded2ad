"""Pairs by datatrove: an inference runner whose rollout asks three times, with checkpoints of 100 documents."""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.writers import JsonlWriter

job = json.loads(Path(sys.argv[1]).read_text())
documents = [Document(text=text, id=str(index)) for index, text in enumerate(job["texts"])]
config = InferenceConfig(
    server_type="endpoint",
    endpoint_url=job["url"].removesuffix("/v1"),
    model_name_or_path="fast",
    max_concurrent_generations=job["in_flight"],
    max_concurrent_documents=job["in_flight"],
)


async def roll_out(document: Document, generate: Callable[[dict[str, Any]], Awaitable[Any]]) -> dict[str, str]:
    async def ask(prompt: str, temperature: float) -> str:
        return (await generate({"messages": [{"role": "user", "content": prompt}], "temperature": temperature})).text

    description = await ask(job["describe"] + document.text, 0.3)
    chosen = await ask(job["write"] + description, 0.3)
    return {"description": description, "chosen": chosen, "rejected": await ask(job["write"] + description, 1)}


if __name__ == "__main__":
    writer = JsonlWriter("made", output_filename="${rank}_chunk_${chunk_index}.jsonl", compression=None)
    runner = InferenceRunner(roll_out, config, writer, checkpoints_local_dir="checkpoints", records_per_chunk=100)
    LocalPipelineExecutor([documents, runner], tasks=1, logging_dir="logs").run()
    with Path("pairs.jsonl").open("w") as pairs:
        for file in sorted(Path("made").glob("*.jsonl")):
            for line in file.read_text().splitlines():
                [pair] = json.loads(line)["metadata"]["rollout_results"]
                pairs.write(json.dumps(pair) + "\n")
