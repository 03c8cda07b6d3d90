"""The tidy table as a file, and back."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from peer_preservation.analysis.samples.columns import COLUMNS, DTYPES
from peer_preservation.design.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".parquet", ".csv")
"""How the name of a table's file may end, which says of what kind it is."""


def check(path: Path, *, force: bool) -> None:
    """That a table can be written there, before logs are read for it.

    Args:
        path: The file.
        force: Whether it may be there already.

    Raises:
        UserError: It is of no kind that is known, or is there already.
    """
    if path.suffix not in SUFFIXES:
        raise UserError(f"{path} is of no kind that can be written; let its name end in {' or '.join(SUFFIXES)}.")
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file.")
    if path.exists() and not force:
        raise UserError(f"{path} is there already; give another name, or --force to replace it.")


def write(table: "pd.DataFrame", path: Path, *, force: bool = False) -> None:
    """Write a table as Parquet, with what its columns mean, or as CSV.

    What was there stays until the new file is whole. Texts are written as they are, also those that a spreadsheet would
    take for a formula.

    Args:
        table: The table.
        path: The file, of which the suffix says the kind.
        force: Replace a file that is there.

    Raises:
        UserError: The file cannot be written, or is there already.
    """
    check(path, force=force)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            # One line end on all systems; numbers with as many digits as it takes to read the same number again.
            table.to_csv(part, index=False, lineterminator="\n")
        else:
            _write_parquet(table, part)
        part.replace(path)
    except OSError as problem:
        raise UserError(f"{path} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def read(path: Path) -> "pd.DataFrame":
    """A table that `write` wrote, with the types that it had.

    CSV itself tells neither an empty text from no number nor the text `NA` from either; this does.

    Args:
        path: The file.
    """
    import pandas as pd

    if path.suffix != ".csv":
        return pd.read_parquet(path)
    return pd.read_csv(
        path,
        dtype={name: DTYPES[column.kind] for name, column in COLUMNS.items()},
        keep_default_na=False,
        na_values={name: [""] for name, column in COLUMNS.items() if column.kind == "number"},
    )


def _write_parquet(table: "pd.DataFrame", path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = pa.Table.from_pandas(table, preserve_index=False)
    fields = [
        field.with_metadata({"about": COLUMNS[field.name].about}) if field.name in COLUMNS else field
        for field in made.schema
    ]
    # pandas keeps its types in the schema's own metadata.
    pq.write_table(made.cast(pa.schema(fields, metadata=made.schema.metadata)), path)
