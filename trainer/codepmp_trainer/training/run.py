"""What the parts of a training work with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import preference
from ..process.files import Progress
from ..process.ranks import Ranks
from . import checkpoint
from .objective import Objective
from .optimizer import Optimizer
from .order import Order
from .pairs import Pairs


@dataclass
class Run:
    """Everything the loop works with."""

    config: dict[str, Any]
    peers: Ranks
    loaded: preference.Loaded
    objective: Objective
    """What is minimised, with the loaded model in it."""
    pairs: Pairs
    """What is trained on."""
    held_out: Pairs | None
    """What the model is measured with at every checkpoint, and never trained on."""
    order: Order
    optimizer: Optimizer
    writer: checkpoint.Writer
    progress: Progress
    first: int
    """Steps that were taken before this training, by the one it branches from."""

    def step_after(self, history: list[dict[str, Any]]) -> int:
        """Number of steps with those of the history behind them."""
        return self.first + len(history)

    def kept_file(self, pairs: int) -> Path:
        """Where the state after so many pairs is kept for other trainings to begin from."""
        return Path(self.config["checkpoints"]) / "kept" / f"kept-{pairs}.safetensors"
