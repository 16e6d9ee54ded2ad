"""Parts of the trainer: the run scripts `train.py`, `score.py`, `grade.py` and `convert.py` put them together."""
