"""Running text: the little of Markdown that a paragraph may hold, as HTML and as GitHub's Markdown.

The text is parsed once, and each rendering escapes what is not markup: a name in it, whoever chose it, stays text.
"""

import html
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "strong", "emphasis", "link"]

_MARK = re.compile(
    r"\\(?P<escaped>[\\`*_\[\]()])"
    r"|(?P<ticks>`+)(?P<code>(?:(?!(?P=ticks)).)+?)(?P=ticks)(?!`)"
    r"|\[(?P<label>(?:\\.|[^\[\]\\])+)\]\((?P<href>(?:https?://[^\s()<>\"']+|#[\w-]+))\)"
    r"|\*\*(?P<strong>(?=\S)(?:\\.|[^\\])+?(?<=\S))\*\*(?!\*)"
    r"|\*(?P<emphasis>(?=\S)(?:\\.|[^*\\])+?(?<=\S))\*",
    re.DOTALL,
)
_SPECIAL = re.compile(r"([\\`*_\[\]()])")
_GITHUB = re.compile(r"([\\`*_\[\]#|~$@])|^(\s*(?:[-+>]|\d+[.)]))(?=\s)")


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of running text.

    Attributes:
        kind: What it is.
        text: What it says, where it holds no other pieces.
        inside: The pieces that it holds.
        href: Where a link goes.
    """

    kind: Kind
    text: str = ""
    inside: tuple["Node", ...] = ()
    href: str = ""


def parse(text: str) -> tuple[Node, ...]:
    """The pieces of running text; what is no markup, or only half of it, is text."""
    found: list[Node] = []
    at = 0
    for match in _MARK.finditer(text):
        if match.start() > at:
            found.append(Node("text", text[at : match.start()]))
        found.append(_node(match))
        at = match.end()
    if at < len(text):
        found.append(Node("text", text[at:]))
    return tuple(found)


def _node(match: re.Match[str]) -> Node:
    if (escaped := match["escaped"]) is not None:
        return Node("text", escaped)
    if (code := match["code"]) is not None:
        # As in Markdown: a space on both sides only keeps a tick off the marks.
        padded = len(code) > 2 and code[0] == code[-1] == " "
        return Node("code", code[1:-1] if padded else code)
    if (label := match["label"]) is not None:
        return Node("link", inside=parse(label), href=match["href"])
    if (strong := match["strong"]) is not None:
        return Node("strong", inside=parse(strong))
    return Node("emphasis", inside=parse(match["emphasis"]))


def literal(text: str) -> str:
    """Any text at all, as running text without markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Any text at all, as running text in the type of code."""
    flat = " ".join(text.split())
    ticks = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def as_html(text: str) -> str:
    """Running text as HTML, escaped."""
    return "".join(_html(node) for node in parse(text))


def _html(node: Node) -> str:
    inside = "".join(_html(n) for n in node.inside) if node.inside else html.escape(node.text)
    match node.kind:
        case "text":
            return inside
        case "code":
            return f"<code>{inside}</code>"
        case "strong":
            return f"<strong>{inside}</strong>"
        case "emphasis":
            return f"<em>{inside}</em>"
        case "link":
            return f'<a href="{html.escape(node.href)}" rel="noopener noreferrer">{inside}</a>'


def as_markdown(text: str) -> str:
    """Running text as GitHub's Markdown on one line, with everything else escaped."""
    return " ".join("".join(_markdown(node) for node in parse(text)).split())


def _markdown(node: Node) -> str:
    inside = "".join(_markdown(n) for n in node.inside)
    match node.kind:
        case "text":
            return escaped(node.text)
        case "code":
            return code(node.text)
        case "strong":
            return f"**{inside}**"
        case "emphasis":
            return f"*{inside}*"
        case "link":
            return f"[{inside}]({node.href})"


def escaped(text: str) -> str:
    """Plain text for GitHub's Markdown: neither markup, nor HTML, nor a mention, nor the end of a cell."""
    flat = html.escape(re.sub(r"\s+", " ", text), quote=False)
    return _GITHUB.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2][:-1]}\\{m[2][-1]}", flat)


def plain(text: str) -> str:
    """Running text without its markup."""
    return "".join(plain_node(node) for node in parse(text))


def plain_node(node: Node) -> str:
    """What a piece says."""
    return "".join(plain_node(n) for n in node.inside) if node.inside else node.text
