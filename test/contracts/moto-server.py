"""moto's server, made to keep S3's promise that only one conditional request creates an object.

moto looks whether the object exists, then writes it, and answers each request in a thread of its own:
two requests at the same moment may both be told that they created it.
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

from moto.s3.responses import S3Response
from moto.server import main

one_at_a_time = threading.RLock()


def alone(write: Callable[..., Any]) -> Callable[..., Any]:
    """Answers as `write` does, one request at a time. Their bodies have been received by then."""

    @functools.wraps(write)
    def answer(*args: Any, **kwargs: Any) -> Any:
        with one_at_a_time:
            return write(*args, **kwargs)

    return answer


# `_key_response_post` completes uploads in parts.
for name in ("put_object", "copy_object", "_key_response_post"):
    setattr(S3Response, name, alone(getattr(S3Response, name)))

main()
