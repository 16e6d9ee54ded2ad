"""The scripts as they are launched: by torchrun and by plain Python."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import rig

ROOM = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--max-restarts", "0"]


def command(script: str, settings: dict, launcher: list[str] = []) -> list[str]:  # noqa: B006 (never changed)
    file = Path(settings["result"]).with_name("config.json")
    file.write_text(json.dumps(settings))
    return [sys.executable, *launcher, str(ROOM / script), "--config", str(file)]


def test_torchrun_is_stopped_by_sigterm_and_a_new_one_ends_as_one_that_was_not(base, pairs, tmp_path):
    def settings_in(folder: Path) -> dict:
        folder.mkdir()
        return rig.train_config(folder, base, pairs, presentations=480, checkpoint_every=60)

    settings, whole = settings_in(tmp_path / "stopped"), settings_in(tmp_path / "whole")
    running = subprocess.Popen(command("train.py", settings, TORCHRUN), env=ENVIRONMENT, cwd=tmp_path)
    progress = Path(settings["progress"])
    while running.poll() is None and (not progress.exists() or progress.stat().st_size < 1000):
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    running.wait()
    stopped = rig.read_result(settings)
    assert stopped["status"] == "preempted"
    assert rig.launch_training(settings, ranks=2)["steps_run"] == 120 - stopped["steps"]
    assert rig.launch_training(whole, ranks=2)["status"] == "succeeded"
    assert rig.output_bytes(settings) == rig.output_bytes(whole)


def test_ranks_end_with_a_torchrun_that_is_killed(base, pairs, tmp_path):
    settings = rig.train_config(tmp_path, base, pairs, presentations=8_000)
    running = subprocess.Popen(command("train.py", settings, TORCHRUN), env=ENVIRONMENT, cwd=tmp_path)
    progress = Path(settings["progress"])
    while running.poll() is None and not (progress.exists() and rig.steps(settings)):
        time.sleep(0.02)
    ranks = children_of(running.pid)
    assert len(ranks) == 2
    running.kill()
    running.wait()
    while any(Path(f"/proc/{rank}/cmdline").exists() for rank in ranks):
        time.sleep(0.1)
    assert rig.read_result(settings).get("class") in (None, "node-lost")  # the second may see the first one go


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_script_tells_a_wrong_configuration_in_its_result_and_exit_code(base, pairs, tmp_path):
    settings = {**rig.train_config(tmp_path, base, pairs), "task": "guess"}
    done = subprocess.run(command("train.py", settings), env=ENVIRONMENT, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "`$.task`: 'guess' is not one of ['pmp', 'rm']" in done.stderr
    assert rig.read_result(settings)["class"] == "invalid"


def test_the_model_library_is_not_loaded_before_there_is_a_model_to_load():
    code = (
        "import sys, train, score; print([n for n in ('torch._dynamo', 'transformers', 'sympy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOM, check=True)
    assert done.stdout.strip() == "[]"
