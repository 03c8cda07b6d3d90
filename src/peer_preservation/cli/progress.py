"""A progress bar over the samples of a run that Inspect shows nothing of."""

from collections.abc import Iterator
from contextlib import contextmanager

from inspect_ai.hooks import Hooks, SampleEnd, hooks
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_bars: list[Progress] = []


@hooks(name="sample_progress", description="Moves the progress bars of the command line.")
class SampleProgress(Hooks):
    """Moves every open bar by one when a sample ends."""

    def enabled(self) -> bool:
        """Whether there is a bar to move."""
        return bool(_bars)

    async def on_sample_end(self, data: SampleEnd) -> None:
        """One sample more."""
        for bar in _bars:
            bar.update(bar.task_ids[0], advance=1, last=str(data.sample.id) if data.sample else "")


@contextmanager
def sample_progress(samples: int, console: Console) -> Iterator[None]:
    """Shows how many of so many samples have ended, while the block runs."""
    columns = (
        TextColumn("samples"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[last]}"),
    )
    with Progress(*columns, console=console) as bar:
        bar.add_task("samples", total=samples, last="")
        _bars.append(bar)
        try:
            yield
        finally:
            _bars.remove(bar)
