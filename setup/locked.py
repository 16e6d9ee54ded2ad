"""Runs a program while holding a lock: ``python locked.py FILE PROGRAM [ARGUMENT ...]``.

The kernel frees the lock when the program and everything it started are gone, however they ended, so that a set-up
that was killed leaves nothing to clean up and a half-dead one cannot meet a fresh one.
"""

import fcntl
import os
import sys


def main() -> None:
    path, program, *arguments = sys.argv[1:]
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        sys.exit(f"codepmp: {os.path.abspath(path)} cannot be opened ({problem.strerror}). Its owner can remove it")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another set-up of this folder is running; waiting for it.", file=sys.stderr, flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)
    os.execvp(program, [program, *arguments])


main()
