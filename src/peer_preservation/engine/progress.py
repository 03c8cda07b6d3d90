"""Say what is being done while it is being done, on a terminal as in a build log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

Detail = Callable[[str], None]
"""Called with the latest line of what a running step prints."""

HEARTBEAT_SECONDS = 15
"""In a log (no terminal) a long step says this often that it is still at work."""


class Progress:
    """Prints one line a step: a spinner with the time so far, then how long it took."""

    def __init__(self, console: Console | None = None) -> None:
        """Print to `console`, or to standard output."""
        self._console = console or Console(highlight=False)

    def done(self, text: str) -> None:
        """Report something that is as it should be."""
        self._line(f"[green]✓[/] {escape(text)}")

    def note(self, text: str) -> None:
        """Report something that a reader should know and need not act on."""
        self._line(f"[cyan]·[/] {escape(text)}")

    def warn(self, text: str) -> None:
        """Report something that may need the reader's attention."""
        self._line(f"[yellow]![/] {escape(text)}")

    @contextmanager
    def step(self, title: str, *, may_fail: bool = False) -> Iterator[Detail]:
        """Show a step while its body runs; the body may pass on the latest line of output.

        Args:
            title: What is being done.
            may_fail: The caller has another way if the body raises, so do not call it a failure.
        """
        start = time.monotonic()
        stop = threading.Event()
        latest = [""]

        def elapsed() -> str:
            return f"{time.monotonic() - start:.1f} s"

        def detail(line: str) -> None:
            latest[0] = line

        def tick() -> None:
            if self._console.is_terminal:
                with self._console.status(escape(title)) as status:
                    while not stop.wait(0.2):
                        room = max(self._console.width - len(title) - 20, 0)
                        seen = escape(latest[0][:room])
                        status.update(f"{escape(title)} [dim]{elapsed()} {seen}[/]")
            else:
                self._line(f"… {escape(title)}")
                while not stop.wait(HEARTBEAT_SECONDS):
                    self._line(f"  still at it, {elapsed()}: {escape(latest[0][:100])}")

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        mark = "[yellow]–[/]" if may_fail else "[red]✗[/]"
        try:
            yield detail
            mark = "[green]✓[/]"
        finally:
            stop.set()
            ticker.join()
            self._line(f"{mark} {escape(title)} [dim]({elapsed()})[/]")

    def _line(self, markup: str) -> None:
        # A log keeps one message a line; only a terminal has a width to wrap at.
        self._console.print(markup, soft_wrap=not self._console.is_terminal)
