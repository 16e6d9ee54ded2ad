"""Pairs by distilabel: a pipeline of three tasks with its cache, which a second run uses."""

import json
import sys
from pathlib import Path

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import CombineOutputs, LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration

job = json.loads(Path(sys.argv[1]).read_text())


def task(output: str, *, request: str, column: str, temperature: float, at_once: int) -> TextGeneration:
    return TextGeneration(
        name=output,
        llm=OpenAILLM(
            model="fast", base_url=job["url"], api_key="none", generation_kwargs={"temperature": temperature}
        ),
        template=request + "{{ " + column + " }}",
        columns=[column],
        output_mappings={"generation": output, "model_name": f"{output}_model"},
        input_batch_size=at_once,
        add_raw_input=False,
        add_raw_output=False,
    )


if __name__ == "__main__":
    with Pipeline(name="pairs", cache_dir="distilabel") as pipeline:
        texts = LoadDataFromDicts(data=[{"text": text} for text in job["texts"]], batch_size=job["in_flight"])
        describe = task(
            "description", request=job["describe"], column="text", temperature=0.3, at_once=job["in_flight"]
        )
        half = {"request": job["write"], "column": "description", "at_once": job["in_flight"] // 2}
        sides = [task("chosen", temperature=0.3, **half), task("rejected", temperature=1, **half)]
        texts >> describe >> sides >> CombineOutputs()
    rows = pipeline.run(use_cache=True)["default"]["train"]
    Path("pairs.jsonl").write_text(
        "".join(json.dumps({key: row[key] for key in ("description", "chosen", "rejected")}) + "\n" for row in rows)
    )
