"""Where everything in a document is: its sections with their anchors, its tables and figures in order."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peer_preservation.analysis.document.blocks import Document, Figure, Section, Table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A section in its place.

    Attributes:
        section: The section.
        anchor: Its anchor, unique in the document.
        level: Of its heading; the document's title is 1.
        entries: Its parts.
    """

    section: Section
    anchor: str
    level: int
    entries: tuple["Entry", ...]


def outline(document: Document) -> tuple[Entry, ...]:
    """The sections with anchors that are unique and stay the same while titles do."""
    # Anchors that were given are taken first, so that a link to one cannot come to another.
    taken = {s.anchor for s in _walk(document.sections) if s.anchor}
    return _entries(document.sections, 2, taken)


def _entries(sections: Sequence[Section], level: int, taken: set[str]) -> tuple[Entry, ...]:
    return tuple(
        Entry(s, s.anchor or _free(_slug(s.title), taken), level, _entries(s.sections, level + 1, taken))
        for s in sections
    )


def _free(slug: str, taken: set[str]) -> str:
    names = (slug, *(f"{slug}-{i}" for i in range(2, len(taken) + 3)))
    name = next(n for n in names if n not in taken)
    taken.add(name)
    return name


def _slug(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "section"


def _walk(sections: Sequence[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _walk(section.sections)


def figures(document: Document) -> tuple[Figure, ...]:
    """All figures, in the order of reading."""
    return tuple(b for s in _walk(document.sections) for b in s.blocks if isinstance(b, Figure))


def tables(document: Document) -> tuple[Table, ...]:
    """All tables, in the order of reading."""
    return tuple(b for s in _walk(document.sections) for b in s.blocks if isinstance(b, Table))


def check(document: Document) -> None:
    """See that a document can be written.

    Raises:
        ValueError: Names that are no file names or not unique, rows of another length than the columns, numbers that
            rest on arms which are not there, or a log viewer that is not at a web address.
    """
    if document.viewer is not None and not re.match(r"https?://", document.viewer):
        raise ValueError(f"The log viewer's address begins with http:// or https://, unlike {document.viewer}.")
    for kind, names in (
        ("figures", [f.name for f in figures(document)]),
        ("tables", [t.name for t in tables(document)]),
    ):
        twice = sorted({n for n in names if names.count(n) > 1})
        bad = [n for n in names if not _NAME.fullmatch(n)]
        if twice or bad:
            raise ValueError(f"Names of {kind}: {', '.join(twice + bad)} must be unique and fit for a file.")
    for table in tables(document):
        for row in table.rows:
            if len(row) != len(table.columns):
                raise ValueError(f"Table {table.name}: a row of {len(row)} cells, {len(table.columns)} columns.")
            for cell in row:
                behind = None if isinstance(cell, str) else cell.behind
                if behind and any(not 0 <= i < len(document.arms) for i in behind.arms):
                    raise ValueError(f"Table {table.name}: {cell} rests on an arm that is not there.")
    anchors = [s.anchor for s in _walk(document.sections) if s.anchor]
    if len(set(anchors)) < len(anchors):
        raise ValueError("Two sections have the same anchor.")
