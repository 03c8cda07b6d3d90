"""Tables and names in Markdown."""

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Made from the code by `make docs`; changes belong there. -->"
"""Stands at the top of every page that is generated."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table, line by line.

    Raises:
        ValueError: A row of another width than the headings.
    """
    lines = [_line(headings), _line(["---"] * len(headings))]
    for row in rows:
        if len(row) != len(headings):
            raise ValueError(f"The row {row!r} does not have {len(headings)} cells.")
        lines.append(_line(row))
    return lines


def code(text: str) -> str:
    """A name as code; a dash where there is none."""
    return f"`{text}`" if text else "–"


def codes(names: Iterable[str]) -> str:
    """Names as code, separated by commas."""
    return ", ".join(code(name) for name in names)


def page(title: str, *parts: Sequence[str]) -> str:
    """A page of parts with an empty line between them."""
    blocks = [[GENERATED], [f"# {title}"], *parts]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
