"""Scores texts one by one, each in a forward pass of its own: scores-alone.py MODEL < [[PROMPT, ANSWER], …]."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "trainer"))

import torch  # noqa: E402
from codepmp_trainer.model import preference  # noqa: E402
from codepmp_trainer.model.rows import pack  # noqa: E402

loaded = preference.load_for_scoring(Path(sys.argv[1]))
with torch.no_grad():
    rows = (loaded.encoder.encode(prompt, answer) for prompt, answer in json.load(sys.stdin))
    print(json.dumps([float(loaded.model(pack([[row]]))[0]) for row in rows]))
