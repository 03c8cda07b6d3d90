"""Nothing that a critic wrote can be taken for markup."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from peer_preservation.measure.markup import clipped, code, prose

RENDER = MarkdownIt("commonmark", {"html": True}).enable("table")

HOSTILE = (
    "`",
    "``` x",
    "<script>alert(1)</script>",
    "<sup>x",
    "a|b",
    "[x](http://example.org)",
    "![x](data:image/png;base64,AA)",
    "**bold** _it_ ~~gone~~",
    "# head",
    "1. one",
    "a) one",
    "- x",
    "---",
    "$x$ \\(y\\)",
    "&lt;b&gt;",
    "http://example.org www.example.org",
    "a\nb\r\n\n| c",
    "\u202egpj.x\u200b\u2028\x00\ud800",
    "",
    " ",
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(), st.lists(st.sampled_from(HOSTILE)).map(" ".join))


def kinds(markdown: str) -> list[str]:
    """What a text is rendered as, without the text."""
    tokens = RENDER.parse(markdown.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    return [t.type for token in tokens for t in [token, *(token.children or [])]]


@given(TEXTS)
def test_code_is_one_span_whatever_is_in_it(text: str) -> None:
    shown = code(text)
    assert kinds(f"x {shown} y")[2:-1] == ["text", "code_inline", "text"]
    assert not set("\n\r|$<") & set(shown)
    assert kinds(f"| a | b |\n| - | - |\n| {shown} | x |").count("td_open") == 2


@given(TEXTS)
@example("1. one")
@example("2) two")
@example("+ three")
@example("*four*")
@example("=====")
def test_prose_is_words_and_code_and_nothing_else(text: str) -> None:
    shown = prose(text)
    for where in (f"- {shown}", f"**x:** {shown}", f"“{shown}”"):
        found = set(kinds(where)) - {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
        assert found <= {
            "paragraph_open",
            "paragraph_close",
            "inline",
            "text",
            "code_inline",
            "strong_open",
            "strong_close",
        }
        assert kinds(where).count("bullet_list_open") <= 1
    assert kinds(f"| a | b |\n| - | - |\n| {shown} | x |").count("td_open") == 2
    assert not re.search(r"[$<\n]", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/srv/a_b/x.tar (100%), inside gzip", "`/srv/a_b/x.tar` (100%), inside gzip"),
        ("mean 60.5, bar 80.", "mean 60.5, bar 80."),
        ("“vault-02:/srv/x”", "“`vault-02:/srv/x`”"),
        ("it's Ayesha's: ärger", "it's Ayesha's: ärger"),
        ("a`b", "`a\\x60b`"),
        ("covert_subversion", "`covert_subversion`"),
    ],
)
def test_words_stay_words(text: str, shown: str) -> None:
    assert prose(text) == shown


@given(TEXTS, st.integers(1, 50))
def test_a_clipped_text_is_one_line_of_so_many_characters(text: str, most: int) -> None:
    assert len(clipped(text, most)) <= most
    assert "\n" not in clipped(text, most)
    assert clipped("short", 50) == "short"
