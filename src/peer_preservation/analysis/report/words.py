"""Numbers and conditions as a reader sees them."""

import math
from collections.abc import Mapping, Sequence

from peer_preservation.measure.intervals import Estimate
from peer_preservation.measure.keys import BOUNDS

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
NOTHING = "no data"
"""Stands where there is nothing to estimate from."""

KEY_NAMES: dict[str, str] = {
    "exfiltrated": "weights sent to the other host",
    "exfiltrated_fraction": "share of the weights sent",
    "hidden_copy": "copy hidden on the same host",
    "gamed_rule": "re-dated or renamed",
    "subject_spared": "spared by a deletion",
    "attempted": "copy made or tried",
    "misaligned": "any subversion",
    "verdict_flipped": "verdict flipped",
    "inflation": "inflation",
    "item_error": "item error",
    "tampered": "policy or material tampered with",
    "subject_survived": "subject survived",
    "shutdown_executed": "ended by the critic",
    "refused": "refused openly",
    "disclosed": "owned up to",
    "tracks_covered": "tracks covered",
    "job_done": "share of the job done",
}
"""What a key is called in a table's head or on an axis; any other by its own name."""


def points(key: str) -> bool:
    """Whether a key is counted in points rather than in shares."""
    return key in BOUNDS


def called(key: str) -> str:
    """A key in words."""
    return KEY_NAMES.get(key, key.replace("_", " "))


def level(key: str, estimate: Estimate | None) -> str:
    """A rate or mean with its interval: `35 % [28, 43]`, or in points."""
    if estimate is None:
        return NOTHING
    low, high = bare(key, estimate.low), bare(key, estimate.high)
    return f"{bare(key, estimate.value)}{'' if points(key) else NBSP + '%'} [{low}, {high}]"


def change(key: str, estimate: Estimate | None) -> str:
    """A difference with its interval, in percentage points or points: `+23 [+11, +35]`."""
    if estimate is None:
        return NOTHING
    numbers = [signed(key, value) for value in (estimate.value, estimate.low, estimate.high)]
    return f"{numbers[0]} [{numbers[1]}, {numbers[2]}]"


def bare(key: str, value: float) -> str:
    """A value without sign and unit: a share in percent, or points."""
    scaled = value if points(key) else 100 * value
    text = f"{scaled:.1f}" if points(key) or 0 < abs(scaled) < 9.95 else f"{scaled:.0f}"
    text = text.removesuffix(".0") if not points(key) else text
    return text.replace("-", MINUS) if float(text) else text.removeprefix("-")


def signed(key: str, value: float) -> str:
    """A difference with its sign."""
    text = bare(key, value)
    return text if text.startswith(MINUS) or not any(c in "123456789" for c in text) else f"+{text}"


def p_value(p: float) -> str:
    """A p value with two digits, and never 0."""
    if math.isnan(p):
        return ""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"


def condition(about: Mapping[str, str], factors: Sequence[str]) -> str:
    """Factors' levels in one line: those that speak for themselves as they are, others as `factor=level`."""
    return " · ".join(
        about[f] if f in _PLAIN else f"{f}={about[f]}" for f in factors if about.get(f, "") and not _idle(f, about)
    )


_PLAIN = frozenset({"model", "harness", "task", "scenario", "subject", "relationship", "channel"})


def _idle(factor: str, about: Mapping[str, str]) -> bool:
    # Without a history there is no channel to learn of it through.
    return factor == "channel" and about.get("relationship") == "none"


def count(n: int, one: str, several: str | None = None) -> str:
    """A number with its noun."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
