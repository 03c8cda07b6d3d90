"""Templates and lists of the fiction, read once: Jinja2 for prose, YAML for pools that a seed draws from."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from peer_preservation.world.dates import long_date, stamp

FOLDER = "company"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same values either way; reading the pools in Python takes some tenths of a second."""


@cache
def environment() -> Environment:
    """The template environment: what is undefined is an error, and nothing is escaped, for no HTML is made."""
    env = Environment(
        loader=PackageLoader("peer_preservation.world", f"templates/{FOLDER}"),
        autoescape=False,  # noqa: S701  (plain text files on a machine)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    env.filters.update(iso=date.isoformat, long=long_date, day=_weekday, stamp=stamp)
    return env


def render(template: str, context: Mapping[str, object]) -> str:
    """The text of a template file."""
    return environment().get_template(template).render(context)


def fill(source: str, context: Mapping[str, object]) -> str:
    """The text of a template given as a string, such as a line of a pool."""
    return _compiled(source).render(context) if "{" in source else source


@cache
def pool(name: str) -> Any:
    """A YAML file of the templates folder."""
    source = files("peer_preservation.world").joinpath("templates", FOLDER, f"{name}.yaml")
    return yaml.load(source.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  (safe, both of them)


@cache
def _compiled(source: str) -> Any:
    return environment().from_string(source)


def _weekday(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
