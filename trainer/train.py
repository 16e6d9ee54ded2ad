"""Trains a preference model (`pmp`) or a reward model (`rm`) on pairs.

    torchrun --standalone --nproc-per-node 2 --max-restarts 0 train.py --config run.json
    python train.py --config run.json

Resumes from the last committed checkpoint of `checkpoints`. SIGTERM saves at the next step and ends as `preempted`.

With `keep`, the state at these numbers of pairs is kept beside the model; with `branch`, a training begins from such a
state and goes on in the same order of pairs.
"""

import hashlib
import math
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codepmp_trainer.process import frame

frame.catch_stop()  # before torch loads, which takes seconds
frame.end_with_launcher()

import torch  # noqa: E402

from codepmp_trainer.model import preference  # noqa: E402
from codepmp_trainer.model.rows import label_count, labels, pack  # noqa: E402
from codepmp_trainer.model.tokens import Encoded, Encoder  # noqa: E402
from codepmp_trainer.process import ranks  # noqa: E402
from codepmp_trainer.process.failures import Diverged, Invalid  # noqa: E402
from codepmp_trainer.process.files import Progress, described, sha256_of  # noqa: E402
from codepmp_trainer.process.tables import read_tables, texts_of  # noqa: E402
from codepmp_trainer.training import checkpoint  # noqa: E402
from codepmp_trainer.training.loss import lm_loss, rank_loss  # noqa: E402
from codepmp_trainer.training.optimizer import Optimizer  # noqa: E402
from codepmp_trainer.training.order import Order, chunks, share  # noqa: E402
from codepmp_trainer.training.schedule import lr_factor  # noqa: E402

PAIR = ("prompt", "chosen", "rejected")
CLIP_NORM = 1.0
NOT_IDENTITY = ("micro_batch", "checkpoints", "checkpoint_every", "output", "progress", "result")


@dataclass
class Run:
    """Everything the loop works with."""

    config: dict[str, Any]
    peers: ranks.Ranks
    loaded: preference.Loaded
    table: Any
    order: Order
    optimizer: Optimizer
    writer: checkpoint.Writer
    progress: Progress
    first: int
    """Steps that were taken before this training, by the one it branches from."""

    def step_after(self, history: list[dict[str, Any]]) -> int:
        """Number of steps with those of the history behind them."""
        return self.first + len(history)


def train(config: dict[str, Any]) -> dict[str, Any] | None:
    """One whole run, from the configuration to the result; None on all ranks but the first."""
    peers = ranks.join()
    torch.manual_seed(config["seed"] + peers.rank)
    run = prepare(config, peers)
    state = checkpoint.restore(Path(config["checkpoints"]), run.writer.fingerprint, run.optimizer.tensors())
    history = resume(run, state)
    start = len(history)
    resumed = run.step_after(history)
    run.progress.line({"event": "start", "resumed_from": resumed, "steps": run.order.steps, "time": time.time()})
    finished = loop(run, history)
    ranks.leave(peers)
    if not peers.first:
        return None
    if finished and not any(line["pairs"] for line in history):
        raise Invalid(
            f"{', '.join(config['pairs'])}: the two answers of every pair are equal after the cut to "
            f"{config['max_length']} tokens: raise `max_length`"
        )
    counts = {"steps": len(history), "steps_run": len(history) - start}
    if not finished:
        message = f"stopped after step {run.step_after(history)} of {run.order.steps}"
        return {"status": "preempted", "message": message, **counts}
    return {"status": "succeeded", **counts, **publish(run, history)}


def prepare(config: dict[str, Any], peers: ranks.Ranks) -> Run:
    table = read_tables(config["pairs"], PAIR)
    if table.num_rows == 0:
        raise Invalid(f"{', '.join(config['pairs'])}: expected at least one pair, got none: look at the steps before")
    loaded = preference.load_for_training(
        Path(config["init"]),
        layers=config["layers"],
        eoc=config["eoc"],
        lm=config["loss"]["lm"] > 0,
        max_length=config["max_length"],
        seed=config["seed"],
    )
    loaded.model.to(peers.device)
    lr = config["schedule"]["lr"]
    optimizer = Optimizer(loaded.model, lr=lr, head_lr=config["head_lr"] or lr, weight_decay=config["weight_decay"])
    order = Order(
        rows=table.num_rows,
        presentations=config["presentations"] or config["epochs"] * table.num_rows,
        batch_size=config["batch_size"],
        seed=config["seed"],
    )
    branch = config["branch"] and Path(config["init"]) / config["branch"]
    first = checkpoint.branch_from(branch, optimizer.tensors()) if branch else 0
    identity = {key: value for key, value in config.items() if key not in NOT_IDENTITY}
    identity.update(pairs=[sha256_of(Path(path)) for path in config["pairs"]], init=digest_of(loaded))
    identity.update(branch=branch and sha256_of(branch))
    writer = checkpoint.Writer(Path(config["checkpoints"]), identity)
    progress = Progress(Path(config["progress"]) if peers.first else None)
    return Run(config, peers, loaded, table, order, optimizer, writer, progress, first)


def digest_of(loaded: preference.Loaded) -> str:
    """Digest of the weights that a training begins with; a base has no score head of its own."""
    digest = hashlib.sha256()
    for name, tensor in loaded.model.state_dict().items():
        if loaded.about or not name.startswith("score."):
            digest.update(f"{name} {list(tensor.shape)}\n".encode())
            digest.update(memoryview(tensor.cpu().numpy()).cast("B"))
    return digest.hexdigest()


def resume(run: Run, state: checkpoint.State | None) -> list[dict[str, Any]]:
    """Takes up a restored state; returns the lines of the steps behind it, one a step."""
    if state is None:
        return []
    run.writer.last = state.step
    if len(state.rng) == run.peers.world:
        torch.set_rng_state(state.rng[run.peers.rank])
    return state.history


def loop(run: Run, history: list[dict[str, Any]]) -> bool:
    """Steps until the end; False where it was asked to stop, with everything saved."""
    every = run.config["checkpoint_every"]
    kept = {steps_of(pairs, run): kept_file(run, pairs) for pairs in run.config["keep"]}
    while (step := run.step_after(history)) < run.order.steps:
        line = train_step(run, step)
        if line is None:
            if history and run.writer.last != step:
                save(run, history)
            run.writer.wait()
            return False
        history.append(line)
        run.progress.line(line)
        if (step + 1) in kept and run.peers.first:
            checkpoint.keep(kept[step + 1], step + 1, run.optimizer.tensors())
        if (step + 1) % every == 0 and step + 1 < run.order.steps:
            save(run, history)
    run.writer.wait()
    return True


def steps_of(pairs: int, run: Run) -> int:
    """Steps after which so many pairs were shown; a step is never divided."""
    return -(-pairs // run.order.batch_size)


def kept_file(run: Run, pairs: int) -> Path:
    return Path(run.config["checkpoints"]) / "kept" / f"kept-{pairs}.safetensors"


def train_step(run: Run, step: int) -> dict[str, Any] | None:
    """
    One optimiser step over the global batch; None, with nothing changed, where any rank was asked to stop. Pairs whose
    sides are equal, after the cut, teach nothing: they are left out and counted.
    """
    began = time.monotonic()
    config, peers, optimizer, net = run.config, run.peers, run.optimizer, run.loaded.model
    weights, device = config["loss"], peers.device
    batch = run.order.batch(step)
    encoded = [encode_pair(run, row) for row in share(batch, peers.rank, peers.world)]
    pairs = [(chosen, rejected) for chosen, rejected in encoded if chosen.ids != rejected.ids]
    lm_tokens = sum(label_count(chosen) for chosen, _ in pairs)
    tokens = sum(len(row.ids) for pair in pairs for row in pair)
    cut = sum(row.cut for pair in pairs for row in pair)
    counts = torch.tensor([len(pairs), lm_tokens, tokens, cut, frame.stop_asked()], dtype=torch.float64, device=device)
    shown, lm_tokens, tokens, cut, stops = (int(count) for count in peers.sum(counts).tolist())
    if stops:
        return None

    optimizer.zero_grad(set_to_none=False)
    sums = torch.zeros(3, dtype=torch.float64, device=device)
    for part in chunks(pairs, config["micro_batch"]):
        rows = [row for pair in part for row in pair]
        packed = pack(part)
        where, targets = labels(packed, rows, range(0, len(rows), 2) if weights["lm"] > 0 else ())
        scores, hidden = net(packed.to(device), where.to(device))
        ranking = rank_loss(scores)
        loss = weights["rank"] * ranking / shown
        correct = (scores[0::2] > scores[1::2]).sum()
        sums += torch.stack([ranking.detach(), torch.zeros_like(ranking.detach()), correct]).to(sums)
        if len(targets):
            language = lm_loss(hidden, net.vocabulary, targets.to(device), softcap=net.softcap)
            loss = loss + weights["lm"] * language / lm_tokens
            sums[1] += language.detach()
        loss.backward()

    parameters = list(net.parameters())
    peers.sum_each(parameter.grad for parameter in parameters if parameter.grad is not None)
    ranking_sum, language_sum, correct_sum = peers.sum(sums).tolist()
    rank_mean = ranking_sum / max(shown, 1)
    lm_mean = language_sum / max(lm_tokens, 1) if weights["lm"] > 0 else None
    total = weights["rank"] * rank_mean + weights["lm"] * (lm_mean or 0.0)
    norm = float(torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM))
    if not (math.isfinite(total) and math.isfinite(norm)):
        raise Diverged(f"step {step + 1}: loss {total}, gradient norm {norm}: lower `schedule.lr`")
    factor = lr_factor(config["schedule"], step, run.order.steps)
    if shown:
        optimizer.update(factor)
    return {
        "step": step + 1,
        "steps": run.order.steps,
        "loss": total,
        "rank_loss": rank_mean,
        "lm_loss": lm_mean,
        "accuracy": correct_sum / max(shown, 1),
        "lr": config["schedule"]["lr"] * factor,
        "grad_norm": norm,
        "pairs": shown,
        "equal": len(batch) - shown,
        "tokens": tokens,
        "cut": cut,
        "seconds": round(time.monotonic() - began, 4),
        "time": round(time.time(), 3),
    }


def encode_pair(run: Run, row: int) -> tuple[Encoded, Encoded]:
    encoder: Encoder = run.loaded.encoder
    prompt, chosen, rejected = (encoder.ids_of(text) for text in texts_of(run.table, row, PAIR, run.config["pairs"]))
    return encoder.join(prompt, chosen), encoder.join(prompt, rejected)


def save(run: Run, history: list[dict[str, Any]]) -> None:
    rng = run.peers.gather(torch.get_rng_state())
    if run.peers.first:
        run.writer.save(checkpoint.State(run.step_after(history), run.optimizer.tensors(), rng, history))
    else:
        run.writer.last = run.step_after(history)


def publish(run: Run, history: list[dict[str, Any]]) -> dict[str, Any]:
    """Writes the finished model; equal runs write equal bytes and tell the same of them, so there is no clock in it."""
    output = Path(run.config["output"])
    about = about_model(run)
    preference.save_model(output, run.loaded, about)
    for pairs in run.config["keep"]:
        shutil.copyfile(kept_file(run, pairs), output / kept_file(run, pairs).name)
    curve = Progress(output / "progress.jsonl", fresh=True)
    steps = [{key: value for key, value in line.items() if key not in ("seconds", "time")} for line in history]
    for line in steps:
        curve.line(line)
    meta = {
        **{key: about[key] for key in ("task", "prompt_format", "eoc", "score", "layers")},
        "pairs": run.table.num_rows,
        "presentations": run.order.presentations,
        "tokens": sum(line["tokens"] for line in steps),
        "cut": sum(line["cut"] for line in steps),
        "equal": sum(line["equal"] for line in steps),
        "ranks": run.peers.world,
        "device": run.peers.device.type,
        "first": steps[0],
        "last": steps[-1],
    }
    return {"files": [described(path) for path in files_of(output)], "meta": meta}


def files_of(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def about_model(run: Run) -> dict[str, Any]:
    """What the checkpoint says of itself; the trainings it went through are listed, the latest last."""
    config, loaded = run.config, run.loaded
    eoc = loaded.encoder.eoc
    keys = ("task", "prompt_format", "loss", "schedule", "head_lr", "weight_decay", "batch_size", "max_length", "seed")
    this = {key: config[key] for key in keys}
    this.update(pairs=run.table.num_rows, presentations=run.order.presentations, steps=run.order.steps)
    if config["branch"]:
        this.update(branch=config["branch"])
    return {
        "format": 1,
        "task": config["task"],
        "prompt_format": config["prompt_format"],
        "eoc": {"token": eoc.token, "id": eoc.id} if eoc else None,
        "score": "eoc" if eoc else "last",
        "max_length": config["max_length"],
        "layers": loaded.config.num_hidden_layers,
        "lm": {"weight": config["loss"]["lm"], "labels": "response tokens of the chosen answer, without EOC"},
        "trained": [*(loaded.about["trained"] if loaded.about else []), this],
    }


if __name__ == "__main__":
    sys.exit(frame.run("train", train, __doc__ or ""))
