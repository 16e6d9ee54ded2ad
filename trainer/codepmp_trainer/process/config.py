"""Configuration of a process: one JSON file, checked at the start, every problem named at once."""

import json
from pathlib import Path
from typing import Any

from .failures import Invalid

SCHEMA = Path(__file__).parents[3] / "schemas" / "trainer.schema.json"


def read_config(path: Path, script: str) -> dict[str, Any]:
    """Reads the configuration of a script (`train`, `score`, `grade`); raises `Invalid` with every problem found."""
    from jsonschema import Draft7Validator

    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise Invalid(f"configuration {path} cannot be read ({problem.strerror}): name an existing file") from None
    except ValueError as problem:
        raise Invalid(f"configuration {path} is not JSON: {problem}") from None
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"][script]
    problems = [f"`{error.json_path}`: {error.message}" for error in Draft7Validator(schema).iter_errors(config)]
    if problems:
        raise Invalid(f"configuration {path}: {'; '.join(sorted(problems))}")
    checked: dict[str, Any] = config
    return checked
