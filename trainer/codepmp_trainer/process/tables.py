"""Reading parquet files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .failures import Invalid


def read_tables(paths: Sequence[str], columns: Sequence[str] | None) -> Any:
    """Rows of all files in order, as one Arrow table; `None` reads every column."""
    import pyarrow
    import pyarrow.parquet

    tables = []
    for path in paths:
        if not Path(path).is_file():
            raise Invalid(f"{path} is missing: produce it again or name an existing parquet file")
        try:
            names = pyarrow.parquet.read_schema(path).names
            missing = [column for column in columns or [] if column not in names]
            if missing:
                raise Invalid(f"{path}: expected the columns {', '.join(columns or [])}, got {', '.join(names)}")
            tables.append(pyarrow.parquet.read_table(path, columns=list(columns) if columns else None))
        except pyarrow.ArrowException as problem:
            raise Invalid(f"{path} is not a readable parquet file: {problem}") from None
    return pyarrow.concat_tables(tables, promote_options="default")


def texts_of(table: Any, row: int, columns: Sequence[str], paths: Sequence[str]) -> list[str]:
    values = [table.column(column)[row].as_py() for column in columns]
    for column, value in zip(columns, values, strict=True):
        if not isinstance(value, str):
            raise Invalid(f"{', '.join(paths)}: row {row}: column {column}: expected a text, got {value!r}")
    return values
