"""`export`: the samples of some logs as one table in a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from peer_preservation.cli.loading import given, loaded, tell
from peer_preservation.design.errors import UserError


def export(
    logs: Annotated[list[str], typer.Argument(help="Log files, folders of logs, or patterns in quotes.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .parquet or .csv.")],
    force: Annotated[bool, typer.Option(help="Replace the file if it is there.")] = False,
) -> None:
    """Write all samples of some logs as one tidy table, a row for each sample and epoch.

        peer-preservation export logs/paper -o samples.parquet

    docs/data.md says what every column is; a Parquet file says so itself. Texts are left as they are, so a cell of a
    CSV file may begin with `=` and be taken for a formula by a spreadsheet.
    """
    # pandas takes a second to import, which `--help` need not wait for.
    from peer_preservation.analysis.samples.files import check, write

    check(output, force=force)
    aside = Console(stderr=True, highlight=False)
    found = loaded([address for text in logs for address in given(text)], aside)
    tell(found.notes, aside)
    if found.table.empty:
        raise UserError("There are no samples in these logs, so no file was written.")
    write(found.table, output, force=force)
    rows, columns = found.table.shape
    Console(highlight=False).print(
        f"{escape(str(output))}: {rows} samples of {len(found.runs)} logs, {columns} columns", soft_wrap=True
    )
