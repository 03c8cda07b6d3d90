"""What a report is made of.

Running text (`Text`, `Note`, captions, a table's note, the answer) is inline Markdown: `code`, **bold**, *italic* and
[links](https://…). Whatever else is text, such as a cell, a name or a title, is shown as it is. A name that was not
chosen by this program goes into running text through `inline.code` or `inline.literal`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peer_preservation.measure.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, slots=True)
class Behind:
    """The samples that a number rests on.

    Attributes:
        arms: Indexes into `Document.arms`.
        key: The score key that is counted; its value is shown beside each sample.
    """

    arms: tuple[int, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A cell of a table.

    Attributes:
        text: What is shown.
        behind: The samples that it rests on, for a reader to open.
        strong: It stands out.
        faint: It is there for completeness.
        estimate: The numbers that the text tells, for whoever reads on by program.
    """

    text: str
    behind: Behind | None = None
    strong: bool = False
    faint: bool = False
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its head.
        about: What it holds, where the head does not say so.
        numeric: Its cells are numbers, to be compared by their digits.
    """

    name: str
    about: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: A file name without its ending, unique in the document.
        caption: What it shows; running text.
        columns: Its columns.
        rows: As many cells as there are columns, in every row.
        folded: It is detail: closed until a reader opens it.
        note: What a reader must know to read it; running text, below it.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | str, ...], ...]
    folded: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Attributes:
        name: A file name without its ending, unique in the document.
        caption: What it shows and how to read it; running text.
        alt: What it says, for who cannot see it.
        draw: Draws it; called once.
    """

    name: str
    caption: str
    alt: str
    draw: Callable[[], "Drawing"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph that stands out.

    Attributes:
        text: Running text.
        alarm: It must be read before the numbers are believed.
    """

    text: str
    alarm: bool = False


Block = Text | Note | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    Attributes:
        title: Its heading.
        blocks: What it shows, in this order.
        sections: Its parts, after the blocks.
        anchor: What links to it name; made of the title where it is empty.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample, for a reader who follows a number to the logs.

    Attributes:
        log: Index into `Document.logs`.
        id: Its id in that log.
        epoch: Its epoch in that log.
        outcome: What happened; empty where the sample broke.
        values: Its keys that have a value.
        error: Why it broke.
    """

    log: int
    id: str
    epoch: int
    outcome: str
    values: Mapping[str, float]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """Samples of one condition.

    Attributes:
        name: What is the same in them.
        samples: All of them, also those that broke.
    """

    name: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Attributes:
        title: What it is about.
        subtitle: What was run.
        answer: The findings, a sentence or two each; running text.
        notes: What must be known before the findings are believed.
        sections: Its parts.
        arms: The conditions whose samples the numbers rest on.
        logs: The logs' files, as a log viewer names them: relative to the folder that it serves.
        viewer: Base address of a running `inspect view` of that folder.
    """

    title: str
    subtitle: str
    answer: tuple[str, ...]
    notes: tuple[Note, ...]
    sections: tuple[Section, ...]
    arms: tuple[Arm, ...]
    logs: tuple[str, ...]
    viewer: str | None = None
