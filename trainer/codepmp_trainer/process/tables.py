"""Reading parquet files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .failures import Invalid


def open_table(path: str, columns: Sequence[str] = ()) -> Any:
    """A parquet file whose rows are not read yet, and which has these columns."""
    import pyarrow
    import pyarrow.parquet

    if not Path(path).is_file():
        raise Invalid(f"{path} is missing: produce it again or name an existing parquet file")
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowException as problem:
        raise Invalid(f"{path} is not a readable parquet file: {problem}") from None
    names = file.schema_arrow.names
    if not set(columns) <= set(names):
        raise Invalid(f"{path}: expected the columns {', '.join(columns)}, got {', '.join(names)}")
    return file


def read_tables(paths: Sequence[str]) -> Any:
    """Rows of all files in order, as one Arrow table."""
    import pyarrow

    return pyarrow.concat_tables([open_table(path).read() for path in paths], promote_options="default")
