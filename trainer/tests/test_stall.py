"""A training that stands still: when that is, and what it leaves behind."""

import subprocess
import sys
from collections import deque
from pathlib import Path

from codepmp_trainer.process.stall import SLOW, limit

HERE = Path(__file__).parents[1]
STUCK = """
import threading, time
from codepmp_trainer.process.stall import Watch
watch = Watch(0.2)
watch.begin()
for _ in range(10):
    within = watch.step()
print(within, flush=True)
def waits_for_a_rank(): threading.Event().wait()
waits_for_a_rank()
"""


def test_a_step_may_take_three_times_the_median_and_the_floor():
    assert limit(deque([1.0] * 9 + [50.0, 90.0]), 2.0) == 3.0
    assert limit(deque([0.1] * 10), 2.0) == 2.0


def test_the_first_steps_and_those_with_more_to_do_have_half_an_hour():
    assert limit(deque([1.0] * 9), 2.0) == SLOW == 1800
    assert limit(deque([1.0] * 100), 2.0, more=True) == SLOW
    assert limit(deque(), 7200.0) == 7200
    assert limit(deque([10.0] * 100), 2.0, more=True, work=101) == 3030


def test_a_process_that_stands_still_writes_the_stacks_of_its_threads():
    with subprocess.Popen([sys.executable, "-c", STUCK], cwd=HERE, stdout=-1, stderr=-1, text=True) as stuck:
        try:
            assert stuck.stdout and stuck.stderr
            assert stuck.stdout.readline() == "0.2\n"
            lines = iter(stuck.stderr.readline, "")
            assert next(lines) == "Timeout (0:00:00.200000)!\n"
            assert any("in waits_for_a_rank" in line for line in lines)
        finally:
            stuck.kill()
