"""Scores texts of your own with a trained model, as they come.

    python score_texts.py --model runs/1/output < texts.jsonl

Each line that comes in is a JSON object with `prompt` and `response`. Each gets a line with its `score`, where higher
is better, and `cut`: whether it was longer than the model takes. Prompts are in the format that the model was trained
on.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch

from codepmp_trainer.model import preference
from codepmp_trainer.model.rows import pack
from codepmp_trainer.process.failures import Diverged, Invalid


def scores(loaded: preference.Loaded, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The score of each line, in order. Raises `Invalid` for a line that is no text, `Diverged` without a score."""
    for number, line in enumerate(lines, 1):
        prompt, response = text_of(line, number)
        row = loaded.encoder.encode(prompt, response)
        with torch.inference_mode():
            score = float(loaded.model(pack([[row]]))[0])
        if not math.isfinite(score):
            raise Diverged(f"line {number}: its score is not a finite number: train the model again with a lower rate")
        yield {"score": score, "cut": row.cut}


def text_of(line: str, number: int) -> tuple[str, str]:
    try:
        values = json.loads(line)
        prompt, response = values["prompt"], values["response"]
    except (ValueError, KeyError, TypeError):
        prompt = response = None
    if not isinstance(prompt, str) or not isinstance(response, str):
        raise Invalid(
            f'line {number}: expected a JSON object such as {{"prompt": "…", "response": "…"}}, got {line.strip()[:80]}'
        )
    return prompt, response


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=Path, help="folder of a model that train.py made")
    try:
        loaded = preference.load_for_scoring(parser.parse_args().model)
        assert loaded.about is not None
        print(f"trained on prompts of the format {loaded.about['prompt_format']}", file=sys.stderr)
        for values in scores(loaded, sys.stdin):
            print(json.dumps(values), flush=True)
    except (Invalid, Diverged) as problem:
        print(f"score_texts: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
