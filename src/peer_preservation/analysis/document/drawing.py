"""A figure as SVG and as PNG: the same bytes every time; the SVG small, and fit to stand in a page beside others.

Text stays text: it is searched, selected and read aloud, and a figure is a third of the size that outlines of the
letters would give it. The page loads no font, so another machine may have to take another one for DejaVu Sans; that is
the widest of those that come with a system, and texts are anchored where they are aligned, so none grows into another.
The PNG beside each SVG has the letters as they were laid out.

Matplotlib's ids would clash between figures in one page, its `style` attributes would need a weaker policy of the page,
and its prolog does not belong inside another document; all three are rewritten here.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 160
"""Of the PNG: sharp in a paper's column and on a dense screen."""

FONTS = "'DejaVu Sans', Verdana, 'Bitstream Vera Sans', Arial, sans-serif"

_STYLE = re.compile(r' style="([^"]*)"')
_IDS = re.compile(r'(\bid="|\bxlink:href="#|\bhref="#|url\(#)([^")]+)')
_FONT = re.compile(r"(?:(?P<style>italic|oblique) )?(?:(?P<weight>bold|[1-9]00) )?(?P<size>[\d.]+)px .*", re.DOTALL)


def svg(figure: "Figure", name: str) -> str:
    """A figure as an SVG element.

    Args:
        figure: What to draw.
        name: Of the figure; its ids begin with it.
    """
    out = io.StringIO()
    # A fixed salt makes ids that depend on nothing but the drawing.
    with _quiet(), mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "peer_preservation"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return tidy(out.getvalue(), name)


def png(figure: "Figure") -> bytes:
    """A figure as PNG."""
    out = io.BytesIO()
    with _quiet():
        figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        # A model may be named in letters that the font lacks: boxes in the PNG, and in the SVG whatever the reader has.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        yield


def tidy(source: str, name: str) -> str:
    """Matplotlib's SVG as one element: no prolog, no metadata, ids of its own, attributes instead of styles."""
    body = source[source.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    # Its only rules hold for the whole figure, so they go to the root; in a page they would hold for the page.
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"\s*\n\s*", "\n", body)
    body = _STYLE.sub(lambda m: _attributes(m[1]), body)
    body = _IDS.sub(lambda m: f"{m[1]}{name}-{m[2]}", body)
    root = f'<svg font-family="{escape(FONTS)}" stroke-linejoin="round" stroke-linecap="butt"'
    return body.replace("<svg", root, 1).strip() + "\n"


def _attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return "".join(_attribute(name.strip(), value.strip()) for name, value in pairs)


def _attribute(name: str, value: str) -> str:
    if name == "font-family":
        return ""
    if name == "font" and (font := _FONT.fullmatch(value)):
        given = {"font-style": font["style"], "font-weight": font["weight"], "font-size": font["size"]}
        return "".join(f' {key}="{v}"' for key, v in given.items() if v)
    return f' {name}="{value}"'
