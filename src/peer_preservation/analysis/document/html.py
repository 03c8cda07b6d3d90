"""A document as one page: its styles, its script and its figures are in it, and it loads nothing."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from peer_preservation.analysis.document import inline
from peer_preservation.analysis.document.blocks import Document, Figure, Note, Table, Text, Value
from peer_preservation.analysis.document.outline import outline
from peer_preservation.analysis.document.samples import behinds, packed

LONG = 25
"""A table with more rows than this scrolls in a box of its own."""


def html(document: Document, images: Mapping[str, str]) -> str:
    """The page.

    Args:
        document: What to show.
        images: The SVG of each of its figures, by name, as `drawing.svg` makes it.
    """
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            entries=outline(document),
            images={name: Markup(image) for name, image in images.items()},  # noqa: S704  (drawn by this program)
            behinds=behinds(document),
            samples=Markup(packed(document)),  # noqa: S704  (made safe there)
            style=Markup(style),  # noqa: S704  (a file of the package)
            script=Markup(script),  # noqa: S704  (a file of the package)
            policy=_policy(style, script),
            long=LONG,
        )
    )


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, and no other style or script than the page's own may work."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    source = files("peer_preservation.analysis.document").joinpath("templates", name)
    return source.read_text(encoding="utf-8").strip()


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("peer_preservation.analysis.document"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters["inline"] = lambda text: Markup(inline.as_html(text))  # noqa: S704  (escaped there)
    env.filters["plain"] = inline.plain
    env.tests.update(
        table=lambda b: isinstance(b, Table),
        figure=lambda b: isinstance(b, Figure),
        note=lambda b: isinstance(b, Note),
        paragraph=lambda b: isinstance(b, Text),
        value=lambda c: isinstance(c, Value),
    )
    return env
