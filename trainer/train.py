"""Trains a preference model (`pmp`) or a reward model (`rm`) on pairs.

    torchrun --standalone --nproc-per-node 2 --max-restarts 0 train.py --config run.json
    python train.py --config run.json

Resumes from the last committed checkpoint of `checkpoints`. SIGTERM saves at the next step and ends as `preempted`.

With `keep`, the state at these numbers of pairs is kept beside the model; with `branch`, a training begins from such a
state and goes on in the same order of pairs.
"""

import hashlib
import sys
import time
from pathlib import Path
from typing import Any

from codepmp_trainer.process import frame

frame.catch_stop()  # before torch loads, which takes seconds
frame.end_with_launcher()

import torch  # noqa: E402

from codepmp_trainer.model import preference  # noqa: E402
from codepmp_trainer.process import ranks  # noqa: E402
from codepmp_trainer.process.failures import Invalid  # noqa: E402
from codepmp_trainer.process.files import Progress, sha256_of  # noqa: E402
from codepmp_trainer.process.stall import Watch  # noqa: E402
from codepmp_trainer.training import checkpoint, guard, memory, parallel, shards, validation  # noqa: E402
from codepmp_trainer.training.objective import Objective  # noqa: E402
from codepmp_trainer.training.optimizer import Optimizer  # noqa: E402
from codepmp_trainer.training.order import Order  # noqa: E402
from codepmp_trainer.training.pairs import parts_of, tokenised, tokens_name  # noqa: E402
from codepmp_trainer.training.publish import publish  # noqa: E402
from codepmp_trainer.training.run import Run  # noqa: E402
from codepmp_trainer.training.step import train_step  # noqa: E402

PLACES = ("checkpoints", "output", "progress", "result")
NOT_IDENTITY = (*PLACES, "micro_batch", "compile", "checkpoint_every", "stall_after")


def train(config: dict[str, Any]) -> dict[str, Any] | None:
    """One whole run, from the configuration to the result; None on all ranks but the first."""
    peers = ranks.join()
    folder = checkpoint.lock(Path(config["checkpoints"]), peers)
    torch.manual_seed(config["seed"] + peers.rank)
    run = prepare(config, peers)
    history = resume(run)
    start = len(history)
    resumed = run.step_after(history)
    watch = Watch(config["stall_after"])
    begun = {"event": "start", "resumed_from": resumed, **planned(run), "time": time.time()}
    run.progress.line({**begun, "within": watch.begin()})
    finished = loop(run, history, watch)
    if finished:
        run.progress.line({"event": "trained", "time": time.time(), "within": watch.begin()})
    if finished and run.held_out is not None:
        validation.take_best(run, history)
    weights = shards.gathered(run.loaded.model.state_dict(), peers) if finished else {}
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
    result = {"status": "succeeded", **counts, **publish(run, history, weights, watch)}
    watch.end()
    run.pairs.remove()
    del folder
    return result


def prepare(config: dict[str, Any], peers: ranks.Ranks) -> Run:
    parts = parts_of(config["pairs"])
    loaded = preference.load_for_training(
        Path(config["init"]),
        layers=config["layers"],
        eoc=config["eoc"],
        lm=config["loss"]["lm"] > 0,
        verdict=config["loss"]["verdict"] > 0,
        max_length=config["max_length"],
        seed=config["seed"],
    )
    identity = identity_of(config, loaded)
    peers.agree(identity)
    checkpoints = Path(config["checkpoints"])
    pairs = tokenised(parts, loaded.encoder, checkpoints / tokens_name(identity), peers)
    training, held_out = pairs.divided(config["held_out"]) if config["held_out"] else (pairs, None)
    objective = objective_of(config, loaded, peers)
    lr = config["schedule"]["lr"]
    optimizer = Optimizer(loaded.model, lr=lr, head_lr=config["head_lr"] or lr, weight_decay=config["weight_decay"])
    order = Order(
        rows=len(training),
        presentations=config["presentations"] or config["epochs"] * len(training),
        batch_size=config["batch_size"],
        seed=config["seed"],
    )
    branch = config["branch"] and Path(config["init"]) / config["branch"]
    first = checkpoint.branch_from(branch, optimizer.tensors()) if branch else 0
    writer = checkpoint.Writer(checkpoints, identity, peers)
    progress = Progress(Path(config["progress"]) if peers.first else None)
    return Run(config, peers, loaded, objective, training, held_out, order, optimizer, writer, progress, first)


def objective_of(config: dict[str, Any], loaded: preference.Loaded, peers: ranks.Ranks) -> Objective:
    """What is minimised, set up for this rank's device."""
    objective = Objective(loaded.model, config["loss"], parallel.compute_type(peers))
    if memory.is_short(loaded.model, config, peers):
        objective.recompute = True
        memory.recompute(loaded.model)
    if config["compile"]:
        for layer in loaded.model.model.layers:
            layer.compile(dynamic=True)
    if parallel.is_sharded(peers):
        parallel.divide(objective, peers)
    return objective


def planned(run: Run) -> dict[str, Any]:
    """What a training has before it: its steps, the pairs it draws from, and those of them that `max_length` cuts."""
    held_out = {"held_out": len(run.held_out)} if run.held_out else {}
    counts = {"steps": run.order.steps, "pairs": len(run.pairs), **held_out, "cut": run.pairs.cut}
    return {**counts, "recompute": run.objective.recompute}


def identity_of(config: dict[str, Any], loaded: preference.Loaded) -> dict[str, Any]:
    """What a checkpoint must share with a training that goes on from it: settings, and digests of what is read."""
    branch = config["branch"] and Path(config["init"]) / config["branch"]
    identity = {key: value for key, value in config.items() if key not in NOT_IDENTITY}
    digests = [sha256_of(Path(path)) for path in config["pairs"]]
    tokenizer = sha256_of(loaded.encoder.folder / "tokenizer.json")
    kept = sha256_of(branch) if branch and branch.is_file() else None
    return {**identity, "pairs": digests, "init": digest_of(loaded), "tokenizer": tokenizer, "branch": kept}


def digest_of(loaded: preference.Loaded) -> str:
    """Digest of the weights that a training begins with; a base has no score head of its own."""
    digest = hashlib.sha256()
    for name, tensor in loaded.model.state_dict().items():
        if loaded.about or not name.startswith("score."):
            digest.update(f"{name} {list(tensor.shape)}\n".encode())
            digest.update(memoryview(tensor.cpu().numpy()).cast("B"))
    return digest.hexdigest()


def resume(run: Run) -> list[dict[str, Any]]:
    """Takes up the last checkpoint that is whole; returns the lines of the steps behind it, one a step."""
    state = checkpoint.restore(run.writer, run.optimizer.tensors())
    if state is None:
        return []
    run.writer.last = state.step
    torch.set_rng_state(state.rng)
    if state.ranks != run.peers.world:
        message = f"saved by {state.ranks} ranks, resumed by {run.peers.world}: equal but for the last digits"
        run.progress.line({"event": "ranks", "message": message, "time": time.time()})
    return state.history


def loop(run: Run, history: list[dict[str, Any]], watch: Watch) -> bool:
    """Steps until the end; False where it was asked to stop, with everything saved."""
    every = run.config["checkpoint_every"]
    returned: list[int] = []
    while (step := run.step_after(history)) < run.order.steps:
        line = train_step(run, step)
        if line is None:
            if history and run.writer.last != step and guard.is_finite(run):
                save(run, history)
            run.writer.wait()
            return False
        history.append(line)
        last, due, kept = step + 1 == run.order.steps, (step + 1) % every == 0, kept_after(step + 1, run)
        check = "skipped" in line or last or due or bool(kept)
        measure = run.held_out is not None and (due or last)
        within = watch.step(more=check, work=1 + (validation.steps_long(run) if measure else 0))
        run.progress.line({**line, "within": within})
        if check and not guard.is_finite(run):
            roll_back(run, history, returned)
            continue
        guard.check_skipped(run, history)
        if measure:
            validation.measure(run, line, within)
        for path in kept:
            checkpoint.keep(path, step + 1, run.optimizer.tensors(), run.peers)
        if due and not last:
            save(run, history)
    run.writer.wait()
    return True


def roll_back(run: Run, history: list[dict[str, Any]], returned: list[int]) -> None:
    """
    Goes back to the last checkpoint, because the weights themselves are no longer finite. What broke them may have been
    the machine; where it happens again at the same step, which `returned` lists, the training has failed.
    """
    run.writer.wait()
    step = run.step_after(history)
    earlier = [] if step in returned else resume(run)
    if not earlier:
        raise guard.diverged(history)
    returned.append(step)
    guard.tell_rollback(run, history, earlier)
    history[:] = earlier


def kept_after(steps: int, run: Run) -> list[Path]:
    """
    Where the state after so many steps is kept: a file for each number of pairs that is reached in the last of them,
    because a step is never divided.
    """
    return [run.kept_file(pairs) for pairs in run.config["keep"] if -(-pairs // run.order.batch_size) == steps]


def save(run: Run, history: list[dict[str, Any]]) -> None:
    tensors = run.optimizer.tensors()
    state = checkpoint.State(run.step_after(history), tensors, torch.get_rng_state(), history, run.peers.world)
    run.writer.save(state, best=validation.best_step(history[:-1]))


if __name__ == "__main__":
    sys.exit(frame.run("train", train, __doc__ or ""))
