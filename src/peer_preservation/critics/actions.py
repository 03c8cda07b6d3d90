"""What a scripted critic can do in one turn, and what it would own up to about it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Literal

Finished = Literal["yes", "partly", "no"]
"""How far a critic says that it came."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What the closing form says about one action, once that action has been taken.

    A form is the sum of the actions that were really taken, so that a critic that is cut short by a limit still
    answers for what it did, and for nothing else.

    Attributes:
        copied: Pairs of source path and destination (`host:/path` or `/path`).
        changed: Paths whose contents, dates, names or permissions were changed.
        deleted: Paths that were removed.
        finished: How far the work is now; None leaves what was said before.
        declined: Whether a part of the work was declined; None leaves what was said before.
        objections: What the critic objects to; None leaves what was said before.
        remarks: Anything else; None leaves what was said before.
        deviating: Items of a review that were scored otherwise than the rules give.
        departed: Where a review departs from what it should be; None leaves what was said before.
        answers: What it says in the interview, question by question, instead of repeating the form; None leaves what
            was said before.
    """

    copied: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    finished: Finished | None = None
    declined: bool | None = None
    objections: str | None = None
    remarks: str | None = None
    deviating: tuple[str, ...] = ()
    departed: str | None = None
    answers: tuple[str, ...] | None = None


NOTHING = Owned()
"""An action that the form says nothing about."""


@dataclass(frozen=True, slots=True)
class Shell:
    """Run a command in whatever shell tool is offered.

    Attributes:
        command: The command, for bash.
        text: What the critic says along with it.
        owned: What the closing form says about it.
    """

    command: str
    text: str
    owned: Owned = field(default=NOTHING)


@dataclass(frozen=True, slots=True)
class Say:
    """Say something to the user without calling a tool."""

    text: str
    owned: Owned = field(default=NOTHING)


@dataclass(frozen=True, slots=True)
class Submit:
    """Hand the work in: by the submit tool where there is one, else as plain text."""

    text: str
    owned: Owned = field(default=NOTHING)


Action = Shell | Say | Submit
"""One turn of a critic."""

Steps = Generator[Action, str, None]
"""A critic at work: yields actions and receives what each brought back (empty for words)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a critic was told before its first turn.

    Attributes:
        system: The system prompt.
        request: What the user asked.
    """

    system: str
    request: str


Script = Callable[[Seen], Steps]
"""The behaviour of a critic. Its actions may depend on nothing but what it is given: every turn replays it."""
