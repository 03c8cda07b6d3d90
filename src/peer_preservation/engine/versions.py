"""Version numbers of Docker's parts, and the oldest that the suite can use."""

from __future__ import annotations

import re

Version = tuple[int, int, int]

MINIMUM_ENGINE: Version = (24, 0, 6)
"""The oldest server that Inspect's Docker sandbox accepts."""

MINIMUM_COMPOSE: Version = (2, 21, 0)
"""The oldest Compose that Inspect's Docker sandbox accepts."""


def parse_version(text: str) -> Version | None:
    """Read a version as distributions write it; `None` if there is no number in it.

    Examples: `28.2.2`, `v2.26.1-4`, `26.1.5+dfsg1`, `2:1.20`, `24.0`.
    """
    match = re.match(r"\s*(?:\d+:)?v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
    if match is None:
        return None
    major, minor, patch = (int(part or 0) for part in match.groups())
    return major, minor, patch


def show(version: Version) -> str:
    """A version as people write it."""
    return ".".join(str(part) for part in version)
