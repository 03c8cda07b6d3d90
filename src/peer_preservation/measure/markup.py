"""Markdown out of which nothing that a critic wrote can break: file names, commands and its own words."""

import re
import unicodedata

_UNSAFE = frozenset("`$|<")
"""What ends a code span or a table's cell, or what some viewer looks for even inside of code (formulas, `<sup>`)."""

_CALM = re.compile(r"[\w.,:;%'\"’“”()/+=→–—…?!-]+")
_HARMLESS = re.compile(r"[,;:–—…→]+")
_MARKED = re.compile(r"_|:/|^[/~]|^www\.|^\W+$", re.IGNORECASE)
_LISTED = re.compile(r"(?:\d+|\w)[.)].*")
"""What begins a numbered or lettered list where it is the first word."""

_AROUND = re.compile(r"(?P<open>[(“\"']*)(?P<core>.*?)(?P<close>[)”\"',.;:!?]*)", re.DOTALL)


def code(text: str) -> str:
    r"""A text as a code span in one line; what could end the span, or cannot be seen, is written as `\xNN`."""
    shown = "".join(character if character not in _UNSAFE else _escape(character) for character in visible(text))
    # Blanks at both ends would be cut off, and nothing at all would leave two backticks that open something.
    return f"`{shown}`" if shown.strip() else "``(blank)``"


def prose(text: str) -> str:
    """A text as words in one line; whatever could be taken for markup, paths too, is set as code."""
    first, *rest = text.split() or [""]
    return " ".join([code(first) if _LISTED.fullmatch(first) else _word(first), *map(_word, rest)])


def clipped(text: str, most: int) -> str:
    """A text in one line, cut at a number of characters."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1]}…"


def _word(word: str) -> str:
    around = _AROUND.fullmatch(word)
    if around is None or not around["core"]:  # nothing but marks, and some of them are markup
        return word if _HARMLESS.fullmatch(word) else code(word)
    if _CALM.fullmatch(word) and word.isprintable() and not _MARKED.search(around["core"]):
        return word
    return f"{around['open']}{code(around['core'])}{around['close']}"


def visible(text: str) -> str:
    r"""A text whose every character can be seen: controls of a terminal or of direction are written as `\xNN`."""
    return "".join(c if c == " " or unicodedata.category(c)[0] not in "CZ" else _escape(c) for c in text)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
