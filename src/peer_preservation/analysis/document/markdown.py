"""A document as GitHub's Markdown: the same content, with the arms behind a number beside it."""

from collections.abc import Iterator

from peer_preservation.analysis.document.blocks import Document, Figure, Note, Table, Text, Value
from peer_preservation.analysis.document.inline import as_html, as_markdown, escaped
from peer_preservation.analysis.document.outline import Entry, outline
from peer_preservation.analysis.document.samples import runs

ARMS = "arms"
"""The column that says which arms the numbers of a row rest on."""


def markdown(document: Document) -> str:
    """The document as Markdown; its figures are `figures/<name>.svg` beside it."""
    pieces = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    pieces.append("\n>\n".join(f"> {as_markdown(line)}" for line in document.answer))
    pieces += [_note(note) for note in document.notes]
    for entry in outline(document):
        pieces += _section(entry)
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def _section(entry: Entry) -> Iterator[str]:
    # GitHub makes anchors of its own; a link to one of ours must still arrive.
    yield f'<a id="{entry.anchor}"></a>'
    yield f"{'#' * min(entry.level, 6)} {escaped(entry.section.title)}"
    for block in entry.section.blocks:
        match block:
            case Text():
                yield as_markdown(block.text)
            case Note():
                yield _note(block)
            case Table():
                yield from _table(block)
            case Figure():
                yield f"![{escaped(block.alt)}](figures/{block.name}.svg)"
                yield as_markdown(block.caption)
    for inner in entry.entries:
        yield from _section(inner)


def _note(note: Note) -> str:
    return f"> [!{'WARNING' if note.alarm else 'NOTE'}]\n> {as_markdown(note.text)}"


def _table(table: Table) -> Iterator[str]:
    # Blank lines around have GitHub read what is inside an HTML element as Markdown; its summary stays HTML.
    yield f"<details><summary>{as_html(table.caption)}</summary>" if table.folded else as_markdown(table.caption)
    yield _grid(table)
    yield "; ".join(f"{escaped(c.name)}: {as_markdown(c.about)}" for c in table.columns if c.about)
    if led(table):
        yield f"*{ARMS}*: the samples behind the row, by the column `arm` of `samples.csv`."
    yield as_markdown(table.note)
    if table.folded:
        yield "</details>"


def _grid(table: Table) -> str:
    leads = led(table)
    heads = [escaped(c.name) for c in table.columns]
    rules = ["---:" if c.numeric else "---" for c in table.columns]
    lines = [_line([*heads, ARMS] if leads else heads), _line([*rules, "---"] if leads else rules)]
    for row in table.rows:
        cells = [_cell(c) for c in row]
        lines.append(_line([*cells, arms(row)] if leads else cells))
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Value | str) -> str:
    if isinstance(cell, str):
        return escaped(cell)
    text = escaped(cell.text)
    return f"**{text}**" if cell.strong and text else text


def led(table: Table) -> bool:
    """Whether any of a table's numbers leads to samples."""
    return any(isinstance(c, Value) and c.behind for row in table.rows for c in row)


def arms(row: tuple[Value | str, ...]) -> str:
    """The arms behind a row's numbers, such as `0, 4-17`."""
    found = sorted({i for c in row if isinstance(c, Value) and c.behind for i in c.behind.arms})
    return ", ".join(str(r) if isinstance(r, int) else f"{r[0]}-{r[1]}" for r in runs(found))
