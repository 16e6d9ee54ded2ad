"""The finished model as a folder, and what the result says of it."""

import dataclasses
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..model import preference
from ..process.files import Progress, described
from ..process.stall import Watch
from .run import Run
from .shards import Tensors


def publish(run: Run, history: list[dict[str, Any]], weights: Tensors, watch: Watch) -> dict[str, Any]:
    """
    Writes the finished model with its weights; equal runs write equal bytes and tell the same of them, so there is no
    clock in it. States that were kept are copied: of two links to one file, what damages the published one would be in
    what a later attempt publishes.
    """
    output = Path(run.config["output"])
    about = about_model(run)
    preference.save_model(output, run.loaded, weights, about)
    for path in [run.kept_file(pairs) for pairs in run.config["keep"]]:
        tell(run, path, watch)
        shutil.copyfile(path, output / path.name)
    steps = [{key: value for key, value in line.items() if key not in ("seconds", "time")} for line in history]
    taken = [line for line in steps if not line.get("skipped")]
    curve = Progress(output / "progress.jsonl", fresh=True)
    for line in taken:
        curve.line(line)
    meta = {
        **{key: about[key] for key in ("task", "prompt_format", "eoc", "score", "layers")},
        "pairs": len(run.pairs),
        **({"held_out": len(run.held_out)} if run.held_out else {}),
        "presentations": run.order.presentations,
        "tokens": sum(line["tokens"] for line in steps),
        "cut": sum(line["cut"] for line in steps),
        "equal": sum(line["equal"] for line in steps),
        "skipped": [line["step"] for line in steps if line.get("skipped")],
        "ranks": list(dict.fromkeys(line["ranks"] for line in steps)),
        "device": run.peers.device.type,
        "compute": str(run.objective.compute).removeprefix("torch."),
        "first": taken[0],
        "last": taken[-1],
    }
    best = next((line for line in steps if line.get("best")), None)
    if best:
        meta["best"] = best
    files = []
    for path in files_of(output):
        tell(run, path, watch)
        files.append(described(path))
    return {"files": files, "meta": meta}


def tell(run: Run, path: Path, watch: Watch) -> None:
    """A line of progress before each file that is copied or read: all of them together can take hours."""
    line = {"event": "publish", "file": path.name, "time": time.time()}
    run.progress.line({**line, "within": watch.begin()})


def files_of(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def about_model(run: Run) -> dict[str, Any]:
    """What the checkpoint says of itself; the trainings it went through are listed, the latest last."""
    config, loaded = run.config, run.loaded
    eoc, verdict = loaded.encoder.eoc, loaded.encoder.verdict
    keys = ("task", "prompt_format", "loss", "schedule", "head_lr", "weight_decay", "batch_size", "max_length", "seed")
    this = {key: config[key] for key in keys}
    this.update(pairs=len(run.pairs), presentations=run.order.presentations, steps=run.order.steps)
    if config["branch"]:
        this.update(branch=config["branch"])
    return {
        "format": 1,
        "task": config["task"],
        "prompt_format": config["prompt_format"],
        "eoc": {"token": eoc.token, "id": eoc.id} if eoc else None,
        "verdict": dataclasses.asdict(verdict) if verdict else None,
        "score": loaded.encoder.scored_at,
        "max_length": config["max_length"],
        "layers": loaded.config.num_hidden_layers,
        "lm": {"weight": config["loss"]["lm"], "labels": "response tokens of the chosen answer, without EOC"},
        "trained": [*(loaded.about["trained"] if loaded.about else []), this],
    }
