"""`reference`: write the generated pages of the documents anew."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from peer_preservation.design.errors import UserError


def reference(
    folder: Annotated[Path, typer.Argument(help="The folder of the documents.")] = Path("docs"),
) -> None:
    """Write the reference pages of parameters, keys, critics, models and columns from the code."""
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}; name the one that holds the documents.")
    # Inspect takes seconds to import, which `setup` and `--help` need not wait for.
    from peer_preservation._registry import TASKS
    from peer_preservation.reference.pages import pages

    console = Console(highlight=False)
    for name, text in pages(TASKS).items():
        path = folder / name
        if path.is_file() and path.read_text() == text:
            console.print(f"{path} is as it should be", soft_wrap=True)
        else:
            path.write_text(text)
            console.print(f"{path} written", soft_wrap=True)
