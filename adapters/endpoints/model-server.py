"""One OpenAI-compatible server of a GGUF model.

Usage: model-server.py SETTINGS, a JSON object {weights, model, threads, slots, context}, and optionally {host, port}: without
them it listens on a free port of 127.0.0.1. Prints one JSON line {"url": "http://127.0.0.1:PORT"} when it is ready and ends when its standard input does, that is also when the process
that started it is killed.
"""

import json
import os
import sys
import threading

import xllamacpp


def end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def main() -> None:
    settings = json.loads(sys.argv[1])
    threading.Thread(target=end_with_parent, daemon=True).start()
    params = xllamacpp.CommonParams()
    params.model.path = settings["weights"]
    params.model_alias = {settings["model"]}
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["slots"] * settings["context"]
    params.cont_batching = True
    params.cache_ram_mib = 0
    params.ui = False
    params.hostnames = [settings.get("host", "127.0.0.1")]
    params.port = int(settings.get("port", 0))
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
