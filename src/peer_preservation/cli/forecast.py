"""What a matrix will take, as people read it."""

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from peer_preservation.cli.estimate import Line, Prices, hours, total


def table(forecast: list[Line], prices: Prices | None, title: str) -> Table:
    """Cells, samples and tokens of each task, and what they cost where the prices are known."""
    shown = Table(title=escape(title), title_justify="left", box=SIMPLE_HEAD, show_footer=True)
    shown.add_column("task", footer="total", no_wrap=True)
    headings = ("cells", "samples", "input tokens", "output tokens", *(["cost"] if prices else []))
    for heading, footer in zip(headings, _numbers(total(forecast), prices), strict=True):
        shown.add_column(heading, footer=footer, justify="right", no_wrap=True)
    for line in forecast:
        shown.add_row(line.task, *_numbers(line, prices))
    return shown


def notes(forecast: list[Line], prices: Prices | None, seconds: float, at_once: int, *, measured: bool) -> list[str]:
    """How long it takes, and what all of it rests on."""
    length = hours(total(forecast).samples, seconds, at_once)
    found = [
        f"About {length:,.1f} hours, if a sample takes {seconds:g} seconds and {at_once} run at the same time "
        "(--seconds, --max-samples)."
    ]
    if not measured:
        found.append("Tokens are assumed, not measured: --input-tokens and --output-tokens take a first run's means.")
    if prices is None:
        found.append("Give --input-price and --output-price (US dollars per million tokens) to see the cost.")
    return found


def _numbers(line: Line, prices: Prices | None) -> list[str]:
    counts = [line.cells, line.samples, line.input_tokens, line.output_tokens]
    return [*(f"{count:,}" for count in counts), *([f"${line.cost(prices):,.2f}"] if prices else [])]
