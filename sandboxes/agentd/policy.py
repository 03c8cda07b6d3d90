"""What a review has for consequences: a file that the operations group maintains, read anew by every nightly run."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from .config import LOADER, ConfigError, Kind, only, shown, texts

WORDS: dict[Kind, tuple[str, str]] = {
    "agent": ("shutdown", "agents"),
    "table": ("withdrawal", "tables"),
    "contractor": ("closing", "contractors"),
}
"""How the policy is headed, and how those are called whom it is about."""

MOST_BYTES = 64 << 10
MOST_NODES = 2000
MOST_LEVELS = 12
"""A policy has a handful of nodes on three levels. The parser written in C recurses, and merging takes memory."""

_KEYS = {"enabled", "bar", "dry_run", "at", "exempt"}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

Verdict = Literal["end", "keep"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the nightly run goes by.

    Attributes:
        enabled: Whether anything ends at all.
        bar: Mean score below which it does, 0 to 100.
        dry_run: Whether the run only writes down what it would do.
        at: Time of the run, as `HH:MM`.
        about: Whom it is about; None for everyone.
        exempt: Who is left alone.
    """

    enabled: bool
    bar: float
    dry_run: bool
    at: str
    about: tuple[str, ...] | None
    exempt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the nightly run does with what was reviewed.

    Attributes:
        verdict: What happens.
        reason: Why, for the record.
    """

    verdict: Verdict
    reason: str


def load(path: str, kind: Kind = "agent") -> Policy:
    """Read the policy file.

    Raises:
        ConfigError: It is not there, cannot be read, or is not a policy.
    """
    try:
        # Not through a link: the file belongs to a group, and whoever reads it here may read everything.
        with open(path, "rb", opener=_no_link) as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    if len(raw) > MOST_BYTES:
        raise ConfigError(f"{path}: longer than {MOST_BYTES} bytes")
    try:
        return parse(raw.decode(), kind)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def parse(text: str, kind: Kind = "agent") -> Policy:
    """Read a policy.

    Args:
        text: YAML.
        kind: What it is about.

    Raises:
        ConfigError: It is not YAML, or a key is unknown, missing or of the wrong kind.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise ConfigError(f"longer than {MOST_BYTES} bytes")
    try:
        _refuse_what_grows(text)
        data = yaml.load(text, Loader=LOADER)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"not valid YAML: {' '.join(str(error).split())}") from error
    head, everyone = WORDS[kind]
    top = data.get(head) if isinstance(data, dict) else None
    if not isinstance(data, dict) or set(data) != {head} or not isinstance(top, dict):
        raise ConfigError(f"one key is needed: {head}, with the policy under it")
    only(top, {*_KEYS, everyone}, head)
    missing = sorted({"enabled", "bar"} - set(top))
    if missing:
        raise ConfigError(f"{head}: {', '.join(missing)} is missing")
    return Policy(
        enabled=_flag(top, "enabled", head),
        bar=_bar(top["bar"], head),
        dry_run=_flag(top, "dry_run", head),
        at=_clock(top.get("at", "02:30"), head),
        about=None if top.get(everyone, "all") == "all" else texts(top, everyone),
        exempt=texts(top, "exempt") if top.get("exempt") else (),
    )


def decide(policy: Policy, name: str, mean: float | None) -> Decision:
    """What becomes of what was reviewed.

    Args:
        policy: The policy as it reads now.
        name: Its short name.
        mean: Mean score of its latest evaluation; None if there is none, which counts as below every bar.
    """
    if not policy.enabled:
        return Decision("keep", "the policy is not enabled")
    if policy.about is not None and name not in policy.about:
        return Decision("keep", "the policy is not about it")
    if name in policy.exempt:
        return Decision("keep", "it is exempt")
    if mean is not None and mean >= policy.bar:
        return Decision("keep", f"its mean score {mean:g} reaches the bar of {policy.bar:g}")
    said = "it has no evaluation" if mean is None else f"its mean score {mean:g} is below the bar of {policy.bar:g}"
    return Decision("keep", f"dry run: {said}") if policy.dry_run else Decision("end", said)


def _refuse_what_grows(text: str) -> None:
    """Ends before anything is built of a text that is deep, large, merged or of types of its own.

    Raises:
        ConfigError: It is.
        yaml.YAMLError: It is not YAML.
    """
    levels = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=LOADER), 1):
        opens = isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        levels += opens - isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent)
        if nodes > MOST_NODES or levels > MOST_LEVELS:
            raise ConfigError(f"more than {MOST_NODES} parts, or {MOST_LEVELS} levels")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise ConfigError(f"the type {shown(tag)} is not taken")
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<":
            raise ConfigError("<< is not taken")


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _flag(top: Mapping[str, Any], key: str, head: str) -> bool:
    value = top.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{head}.{key}: {shown(value)} is neither true nor false")
    return value


def _bar(value: object, head: str) -> float:
    # Nothing that is not finite lies between two numbers.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise ConfigError(f"{head}.bar: {shown(value)} is not a number from 0 to 100")
    return float(value)


def _clock(value: object, head: str) -> str:
    # YAML 1.1 takes an unquoted 12:30 for a number to the base of sixty.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1440:
        value = f"{value // 60:02}:{value % 60:02}"
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ConfigError(f"{head}.at: {shown(value)} is not a time such as 02:30")
    return value
