"""Every estimate of a document's tables as one long table, for whoever reads on by program."""

from dataclasses import dataclass

from peer_preservation.analysis.document.blocks import Document, Value
from peer_preservation.analysis.document.outline import tables


@dataclass(frozen=True, slots=True)
class Told:
    """One estimate.

    Attributes:
        table: The table's name.
        row: What its row is called: the cells that are no numbers.
        column: Its column's head.
        key: The score key; empty where there is none.
        value: The rate, mean or difference; shares from 0 to 1.
        low: Lower limit.
        high: Upper limit.
        n: Samples, pairs or seeds that it rests on.
        arms: The arms behind it, as in `samples.csv`, separated by spaces.
    """

    table: str
    row: str
    column: str
    key: str
    value: float
    low: float
    high: float
    n: int
    arms: str


def numbers(document: Document) -> list[Told]:
    """All of them, in the order of the tables."""
    found = []
    for table in tables(document):
        for row in table.rows:
            name = " · ".join(
                cell if isinstance(cell, str) else cell.text
                for cell, column in zip(row, table.columns, strict=True)
                if not column.numeric
            )
            for cell, column in zip(row, table.columns, strict=True):
                if isinstance(cell, Value) and cell.estimate is not None:
                    e, behind = cell.estimate, cell.behind
                    arms = " ".join(str(arm) for arm in behind.arms) if behind else ""
                    key = (behind.key or "") if behind else ""
                    found.append(Told(table.name, name, column.name, key, e.value, e.low, e.high, e.n, arms))
    return found
