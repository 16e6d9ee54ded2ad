"""Pairs by NVIDIA's DataDesigner: three columns of text, kept in groups of 100 rows, resumed if there are any."""

import json
import os
import sys
from pathlib import Path

os.environ["NEMO_TELEMETRY_ENABLED"] = "false"

import data_designer.config as dd
import pandas as pd
from data_designer.interface import DataDesigner

job = json.loads(Path(sys.argv[1]).read_text())
COLUMNS = ["description", "chosen", "rejected"]


def model(alias: str, temperature: float) -> dd.ModelConfig:
    parameters = dd.ChatCompletionInferenceParams(temperature=temperature, max_parallel_requests=job["in_flight"])
    return dd.ModelConfig(
        alias=alias, model="fast", provider="here", inference_parameters=parameters, skip_health_check=True
    )


pd.DataFrame({"text": job["texts"]}).to_parquet("texts.parquet")
builder = dd.DataDesignerConfigBuilder(model_configs=[model("strong", 0.3), model("weak", 1)])
builder.with_seed_dataset(dd.LocalFileSeedSource(path="texts.parquet"))
prompts = {"description": job["describe"] + "{{ text }}"}
for column, alias in zip(COLUMNS, ("strong", "strong", "weak"), strict=True):
    prompt = prompts.get(column, job["write"] + "{{ description }}")
    builder.add_column(dd.LLMTextColumnConfig(name=column, prompt=prompt, model_alias=alias))

here = dd.ModelProvider(name="here", endpoint=job["url"], api_key="none")
designer = DataDesigner(artifact_path="designed", model_providers=[here])
designer.set_run_config(dd.RunConfig(buffer_size=100))
made = designer.create(builder, num_records=len(job["texts"]), dataset_name="pairs", resume=dd.ResumeMode.IF_POSSIBLE)
made.load_dataset()[COLUMNS].to_json("pairs.jsonl", orient="records", lines=True)
