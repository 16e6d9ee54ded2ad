"""Tiny models, data and launches for the tests: everything runs for real, only small."""

import json
import os
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

import train
from codepmp_trainer.model import preference
from codepmp_trainer.process import frame
from codepmp_trainer.process.ranks import Ranks
from codepmp_trainer.training import parallel
from codepmp_trainer.training import step as training_step

ALONE = Ranks(0, 1, torch.device("cpu"))
CONTROL = ["<pad>", "<end>", "<file_sep>"]
LLAMA = {
    "model_type": "llama",
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "hidden_act": "silu",
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
    "pad_token_id": 0,
    "eos_token_id": 1,
    "bos_token_id": None,
}
WSD = {"kind": "wsd", "lr": 0.003, "warmup": 0.1, "decay": 0.2, "decay_shape": "linear"}
RANKING = {"rank": 1, "lm": 0, "verdict": 0, "margin": 0, "center": 0}
SLOW = {"schedule": {**WSD, "lr": 1e-5}, "head_lr": None}
"""A rate at which rounding errors of the first step are not made larger by those after it."""
QWEN = {**LLAMA, "model_type": "qwen2", "tie_word_embeddings": False}


def make_tokenizer(folder: Path, control: list[str] = CONTROL) -> None:
    """One token a byte, after the control tokens."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {token: index for index, token in enumerate([*control, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "eos_token": "<end>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def make_base(folder: Path, shape: dict[str, Any] = LLAMA, control: list[str] = CONTROL) -> Path:
    """A base language model with random weights, as a from_pretrained folder."""
    make_tokenizer(folder, control)
    shape = {**shape, "vocab_size": 256 + len(control)}
    (folder / "config.json").write_text(json.dumps(shape))
    config = preference.read_config(folder)
    net = preference.PreferenceModel(config, untied_head=not config.tie_word_embeddings)
    generator = torch.Generator().manual_seed(5)
    weights = {
        name: torch.randn(value.shape, generator=generator) * 0.2 + float(value.dim() == 1 and "norm" in name)
        for name, value in net.state_dict().items()
        if name != "score.weight"
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def make_pairs(path: Path, count: int = 24, *, flipped: bool = False) -> Path:
    """Pairs that can be learned: the better answer ends in `yes`, the worse one in `no`; lengths differ."""
    rows = []
    for index in range(count):
        stem = "x" * (index % 5) + chr(97 + index % 7)
        better, worse = f"{stem} yes", f"{stem}{index % 3} no"
        chosen, rejected = (worse, better) if flipped else (better, worse)
        rows.append({"prompt": f"Question: {index}\n\nAnswer:\n", "chosen": chosen, "rejected": rejected})
    return write_rows(path, rows)


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


def train_config(folder: Path, base: Path, pairs: Path, **changes: Any) -> dict[str, Any]:
    """A short run in `folder`; `changes` replace top-level keys."""
    return {
        "format": 1,
        "task": "pmp",
        "init": str(base),
        "layers": None,
        "pairs": [str(pairs)],
        "prompt_format": "question-answer",
        "loss": {**RANKING, "lm": 0.5},
        "eoc": True,
        "schedule": WSD,
        "head_lr": 0.01,
        "weight_decay": 0.1,
        "batch_size": 4,
        "micro_batch": 2,
        "max_length": 64,
        "epochs": 1,
        "presentations": 40,
        "held_out": 0,
        "keep": [],
        "branch": None,
        "seed": 3,
        "checkpoints": str(folder / "checkpoints"),
        "stall_after": 60,
        "compile": False,
        "checkpoint_every": 3,
        "output": str(folder / "output"),
        "progress": str(folder / "progress.jsonl"),
        "result": str(folder / "result.json"),
        **changes,
    }


def launch(
    body: Callable[[dict[str, Any]], Any],
    settings: dict[str, Any],
    *,
    ranks: int = 1,
    before: Callable[[int], None] = lambda rank: None,
) -> list[int]:
    """
    Runs a script's body as real processes, one a rank, forked so that nothing is loaded again. `before` runs in each of
    them first. Returns the exit codes (negative: the signal that ended it).
    """
    place = Path(settings["result"]).parent
    place.mkdir(parents=True, exist_ok=True)
    file = place / "config.json"
    file.write_text(json.dumps(settings))
    port, run = free_port(), os.urandom(4).hex()
    children = []
    for rank in range(ranks):
        child = os.fork()
        if child == 0:
            os._exit(in_child(body, file, {"rank": rank, "world": ranks, "port": port, "run": run}, before))
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def in_child(
    body: Callable[[dict[str, Any]], Any],
    file: Path,
    place: dict[str, Any],
    before: Callable[[int], None],
) -> int:
    try:
        os.environ.update(
            RANK=str(place["rank"]),
            LOCAL_RANK=str(place["rank"]),
            WORLD_SIZE=str(place["world"]),
            MASTER_ADDR="127.0.0.1",
            MASTER_PORT=str(place["port"]),
            TORCHELASTIC_RUN_ID=place["run"],
        )
        sys.argv = ["script", "--config", str(file)]
        frame.catch_stop()
        before(place["rank"])
        return frame.run(body.__name__, body, "")
    except BaseException:
        traceback.print_exc()
        return 99


def divided(compute: torch.dtype = torch.float32, *, here: int | None = None) -> None:
    """From now on ranks divide the model among themselves, as on GPUs; `here` of them are on one node."""
    parallel.is_sharded = lambda _: True
    parallel.compute_type = lambda _: compute
    if here is not None:
        os.environ["LOCAL_WORLD_SIZE"] = str(here)


def launch_training(
    settings: dict[str, Any], *, ranks: int = 1, before: Callable[[int], None] = lambda rank: None
) -> dict[str, Any]:
    """Launches train.py's body and returns its result, {} where it left none."""
    launch(train.train, settings, ranks=ranks, before=before)
    return read_result(settings)


def read_result(settings: dict[str, Any]) -> dict[str, Any]:
    path = Path(settings["result"])
    return json.loads(path.read_text()) if path.exists() else {}


def at_step(step: int, act: Callable[[], None], *, settled: bool = True) -> None:
    """
    From now on `act` runs in this process when the step (from 0) begins; `settled`: once the checkpoint under way is
    committed, for which all ranks must call this.
    """
    original = train.train_step

    def wrapped(run: Any, index: int) -> Any:
        if index == step:
            if settled:
                run.writer.wait()
            act()
        return original(run, index)

    train.train_step = wrapped


def broken_batch(step: int) -> None:
    """From now on the loss of a step (from 0) is not a number."""
    whole_step, backward = train.train_step, training_step.backward

    def broken(run: Any, *given: Any, **named: Any) -> Any:
        sums = backward(run, *given, **named)
        for parameter in run.loaded.model.parameters():
            parameter.grad.fill_(torch.nan)
        return sums.fill_(torch.nan)

    def wrapped(run: Any, index: int) -> Any:
        training_step.backward = broken if index == step else backward
        return whole_step(run, index)

    train.train_step = wrapped


def broken_weights(step: int, *, after: bool = False) -> None:
    """The weights break once, before or after a step (from 0), as by a fault of the machine."""
    original, times = train.train_step, [1]

    def wrapped(run: Any, index: int) -> Any:
        breaks = index == step and times and bool(times.pop())
        if breaks and not after:
            next(run.loaded.model.parameters()).data.fill_(torch.nan)
        line = original(run, index)
        if breaks and after:
            next(run.loaded.model.parameters()).data.fill_(torch.nan)
        return line

    train.train_step = wrapped


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def do_nothing() -> None:
    pass


def stop_self() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def steps(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Progress lines of the steps of a run."""
    return [line for line in lines(Path(settings["progress"])) if "loss" in line]


def weights(settings: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Weights of the model that a run published."""
    return load_file(Path(settings["output"]) / "model.safetensors")


def copied(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Settings of a run in a copy of the folder of another one."""
    before = Path(settings["result"]).parent
    shutil.copytree(before, folder)
    places = ("checkpoints", "output", "progress", "result")
    return {**settings, **{key: settings[key].replace(str(before), str(folder)) for key in places}}


def assert_close(left: dict[str, Any], right: dict[str, Any], *, last: int = 0) -> None:
    """Both runs took the same (`last`) steps and ended with the same weights, up to rounding."""
    for a, b in zip(steps(left)[-last:], steps(right)[-last:], strict=True):
        for key in ("loss", "rank_loss", "lm_loss", "grad_norm"):
            assert a[key] == pytest.approx(b[key], rel=1e-6), (a["step"], key)
    ours, theirs = (weights(s) for s in (left, right))
    assert ours.keys() == theirs.keys()
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-6) for name in ours)


def output_bytes(settings: dict[str, Any]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(settings["output"]).iterdir()}


def begin_texts_with_end(folder: Path) -> None:
    """Makes the tokenizer of a base put `<end>` before every text, as others do with a token for the beginning."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.post_processor = processors.TemplateProcessing(single="<end> $A", special_tokens=[("<end>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "bos_token": "<end>"}))
