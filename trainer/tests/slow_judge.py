"""A judge that hangs on one text and dies of another."""

import os
import time
from multiprocessing.connection import Connection


def serve(pipe: Connection) -> None:
    pipe.send("ready")
    while True:
        gold, text = pipe.recv()
        if text == "hang":
            time.sleep(1000)
        if text == "die":
            os._exit(1)
        pipe.send((text, gold == text))
