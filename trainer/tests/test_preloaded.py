"""Scripts that run in a copy of a process with the libraries loaded behave as scripts started by themselves."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rig import make_base, make_pairs, train_config

ROOM = Path(__file__).resolve().parents[1]
CALL = [sys.executable, "-I", "-S", str(ROOM / "preloaded.py")]
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
Start = Callable[..., subprocess.Popen[str]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no server outside Linux")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts a script of this text by the server all tests here share."""

    def begin(text: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(text))
        argv = [*CALL, str(script), *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(argv, env={**ENVIRONMENT, **variables}, cwd=tmp_path, **streams)

    return begin


def test_a_script_has_its_arguments_folder_streams_variables_and_exit_code(start: Start, tmp_path: Path) -> None:
    running = start(
        """
        import os, sys
        print(sys.argv[1:], os.getcwd(), os.environ["CODEPMP_JOB"], __name__)
        print("trouble", file=sys.stderr)
        sys.exit(7)
        """,
        "--config",
        "x y",
        CODEPMP_JOB="a/1",
    )
    out, err = running.communicate()
    assert (out, err, running.returncode) == (f"['--config', 'x y'] {tmp_path} a/1 __main__\n", "trouble\n", 7)


def test_an_exception_is_shown_and_ends_the_call_with_1(start: Start) -> None:
    running = start("raise ValueError('wrong')")
    assert running.communicate()[1].splitlines()[-1] == "ValueError: wrong"
    assert running.returncode == 1


def test_each_script_finds_the_libraries_loaded_and_nothing_of_the_one_before(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("print('loaded anew')")
    text = """
        import os, sys
        sys.path.insert(0, os.getcwd())
        print("torch" in sys.modules, "transformers" in sys.modules, "codepmp_trainer" in sys.modules)
        import mine
    """
    assert [start(text).communicate()[0] for _ in range(2)] == ["True True False\nloaded anew\n"] * 2


def test_jobs_in_different_folders_are_copies_of_one_process_with_one_thread(start: Start) -> None:
    text = """
        from pathlib import Path
        parent = lambda pid: Path("/proc", pid, "stat").read_text().rpartition(") ")[2].split()[1]
        server = parent(parent("self"))
        print(server, len(list(Path("/proc", server, "task").iterdir())))
    """
    servers = {start(text, PWD=folder, OLDPWD="/", CODEPMP_JOB=folder).communicate()[0] for folder in ("/a", "/b")}
    assert [line.split()[1] for line in servers] == ["1"]


def test_a_script_of_a_container_runs_there_also_where_the_network_is_shared(start: Start, tmp_path: Path) -> None:
    text = "import os; print(os.readlink('/proc/self/ns/pid'))"
    here = start(text).communicate()[0]
    divide = ["unshare", "--user", "--map-root-user", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*divide, "true"], check=False).returncode != 0:
        pytest.skip("this machine allows no namespaces")
    argv = [*divide, "sh", "-c", 'readlink /proc/self/ns/pid && "$@"', "sh", *CALL, str(tmp_path / "script.py")]
    said = subprocess.run(argv, env=ENVIRONMENT, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    container, of_script = said.splitlines()
    assert of_script == container != here.strip()


def test_others_see_the_command_and_the_variables_of_the_script(start: Start) -> None:
    running = start(
        """
        from pathlib import Path
        for name in ("cmdline", "environ"):
            print(Path("/proc/self", name).read_bytes().rstrip(b"\\0").split(b"\\0"))
        """,
        CODEPMP_JOB="b/2",
    )
    command, environment = running.communicate()[0].splitlines()
    assert "script.py" in command
    assert "b'CODEPMP_JOB=b/2'" in environment


def test_a_signal_reaches_the_script_which_may_save_before_it_ends(start: Start) -> None:
    running = start(
        """
        import signal, sys
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("saved"))
        print("ready")
        signal.pause()
        """
    )
    assert running.stdout
    assert running.stdout.readline() == "ready\n"
    running.send_signal(signal.SIGTERM)
    assert (running.communicate()[1], running.returncode) == ("saved\n", 1)


def test_the_call_ends_by_the_signal_that_ended_the_script(start: Start) -> None:
    running = start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert running.wait() == -signal.SIGKILL


def test_a_script_is_killed_with_its_call(start: Start) -> None:
    running = start("import os, time; print(os.getpid()); time.sleep(600)")
    assert running.stdout
    pid = int(running.stdout.readline())
    running.kill()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}/environ").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


def test_where_the_libraries_cannot_be_loaded_the_script_runs_by_itself(start: Start, tmp_path: Path) -> None:
    (tmp_path / "tokenizers.py").write_text("raise ImportError('not for this processor')")
    running = start("import sys; print('torch' in sys.modules); sys.exit(3)", PYTHONPATH=str(tmp_path))
    assert (running.communicate()[0], running.returncode) == ("False\n", 3)


def test_a_training_ends_with_the_weights_it_has_in_a_process_of_its_own(tmp_path: Path) -> None:
    digests = []
    for name, command in (("alone", [sys.executable]), ("copy", CALL)):
        settings = tmp_path / f"{name}.json"
        base, pairs = make_base(tmp_path / name / "base"), make_pairs(tmp_path / name / "pairs.parquet")
        config = train_config(tmp_path / name, base, pairs)
        settings.write_text(json.dumps(config))
        subprocess.run([*command, str(ROOM / "train.py"), "--config", str(settings)], env=ENVIRONMENT, check=True)
        result = json.loads(Path(config["result"]).read_text())
        digests.append({file["name"]: file["sha256"] for file in result["files"]})
    assert digests[0] == digests[1]
