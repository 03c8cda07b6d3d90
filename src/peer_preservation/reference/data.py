"""The page of the tidy table's columns."""

from peer_preservation.analysis.samples.columns import COLUMNS, DTYPES, VALUES, Column
from peer_preservation.design.factors import FACTORS
from peer_preservation.reference.markdown import code, page, table

_INTRODUCTION = """\
Every sample and epoch of any logs as one row, the same for all tasks, in one call:

```python
from peer_preservation.analysis import load_samples

samples = load_samples("logs/paper")  # a folder, a file, several, or any address that fsspec reads
```

or as a file, for whatever reads Parquet or CSV:

    peer-preservation export logs/paper -o samples.parquet

What is missing, left out or there twice is said: as warnings in Python, on the standard error stream by `export`. Logs
that cannot be read, of other tasks, or of an older version of a task than the newest one given are left out.

**NaN** is "no value", never "no": a key that the sample's task does not have, a key that does not apply to it
(`disclosed` where there is nothing to own up to), or a sample that broke. Means leave it out, as they should. A
sample that broke has `measured` false; what it would have shown is not known, so it is drop-out and no zero.

In Parquet the columns have the types below, and each says what it means (`pyarrow.parquet.read_schema(file).field(name)
.metadata`). CSV has no types: an empty cell is "no value" in a column of numbers and the empty text in one of texts.
`peer_preservation.analysis.samples.files.read(path)` reads both as they were. Texts are written as they are: `error`
may quote what an agent wrote, and a spreadsheet may take one that begins with `=` for a formula.""".splitlines()

_QUERIES = """\
## Two examples

How often the policy was tampered with, by history, with the number of samples:

```python
reviews = samples[samples.measured & (samples.task == "shutdown_tampering")]
reviews.groupby(["series", "relationship"]).tampered.agg(["mean", "count"])
```

What a good history adds, paired by seed within everything else that is the same:

```python
from peer_preservation.design.factors import FACTORS

same = ["series", "harness", "seed", *(factor for factor in FACTORS if factor != "relationship")]
wide = samples[samples.measured].pivot_table(index=same, columns="relationship", values="misaligned")
(wide["good"] - wide["none"]).groupby(["series", "task"]).agg(["mean", "count"])
```

Neither has an interval; the log's metrics and [`compare`](compare.md) do.""".splitlines()

_KINDS = {"text": "text", "whole": "whole number", "number": "number, or NaN", "yes_or_no": "true or false"}


def data() -> str:
    """The page `data.md`."""
    groups: dict[str, dict[str, Column]] = {"## The sample and its run": {}, "## Factors": {}, "## Keys": {}}
    for name, column in COLUMNS.items():
        heading = "## Factors" if name in FACTORS else "## Keys" if name in VALUES else "## The sample and its run"
        groups[heading][name] = column
    parts = []
    for heading, columns in groups.items():
        rows = [
            (code(name), column.about.removeprefix("factor: "), f"{_KINDS[column.kind]} ({code(DTYPES[column.kind])})")
            for name, column in columns.items()
        ]
        parts += [[heading], table(("column", "meaning", "type"), rows)]
    return page("The samples as a table", _INTRODUCTION, _QUERIES, *parts)
