"""Judges that hang, die, and eat memory on some questions."""

import os
import time


def judge(question: tuple[str, str]) -> bool:
    gold, text = question
    if text == "hang":
        while True:
            pass
    if text == "wait":
        time.sleep(1000)
    if text == "die":
        os._exit(1)
    if text == "eat":
        bytearray(16 << 30)
    return gold == text
