"""Writes a tiny reward model with random weights: tiny-reward-model.py FOLDER SEED."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[3] / "trainer"), str(Path(__file__).parents[3] / "trainer" / "tests")]

import rig  # noqa: E402
from codepmp_trainer.model import preference  # noqa: E402

folder, seed = Path(sys.argv[1]), int(sys.argv[2])
base = rig.make_base(folder / "base")
loaded = preference.load_for_training(base, layers=None, eoc=True, lm=False, max_length=256, seed=seed)
eoc = {"token": loaded.encoder.eoc.token, "id": loaded.encoder.eoc.id}
about = {"format": 1, "prompt_format": "question-answer", "max_length": 256, "eoc": eoc, "trained": []}
preference.save_model(folder / "model", loaded, loaded.model.state_dict(), about)
