"""Running text: markup where it is meant, text where it is not, and nothing else in either rendering."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_preservation.analysis.document.inline import as_html, as_markdown, code, escaped, literal, plain

from .documents import HOSTILE


@pytest.mark.parametrize(
    ("text", "html", "markdown"),
    [
        ("a `b` c", "a <code>b</code> c", "a `b` c"),
        ("**a *b*** and *c*", "<strong>a <em>b</em></strong> and <em>c</em>", "**a *b*** and *c*"),
        ("[**a**](https://x.y/z)", '<a href="https://x.y/z" rel="noopener noreferrer"><strong>a</strong></a>', None),
        ("[a](#there)", '<a href="#there" rel="noopener noreferrer">a</a>', "[a](#there)"),
        ("2 * 3 * 4", "2 * 3 * 4", r"2 \* 3 \* 4"),
        ("`**a**`", "<code>**a**</code>", "`**a**`"),
        ("snake_case_name", "snake_case_name", r"snake\_case\_name"),
        ("[a](javascript:alert)", "[a](javascript:alert)", r"\[a\](javascript:alert)"),
        ("<b>a</b> & co", "&lt;b&gt;a&lt;/b&gt; &amp; co", "&lt;b&gt;a&lt;/b&gt; &amp; co"),
        (r"\*a\*", "*a*", r"\*a\*"),
        ("`a|b` | c", "<code>a|b</code> | c", r"`a|b` \| c"),
        ("# head @you", "# head @you", r"\# head \@you"),
        ("1. not a list", "1. not a list", r"1\. not a list"),
        ("- not a list", "- not a list", r"\- not a list"),
    ],
)
def test_running_text_becomes_what_it_says(text: str, html: str, markdown: str | None) -> None:
    assert as_html(text) == html
    assert as_markdown(text) == (text if markdown is None else markdown)


@given(st.text(alphabet="ab `*_[]()\\|<>$&#-1.", max_size=30))
def test_any_name_stays_text(name: str) -> None:
    flat = " ".join(name.split())
    assert plain(literal(name)) == flat
    assert "<" not in as_html(literal(name))
    assert as_html(f"x{literal(name)}y").count("<") == 0


@given(st.text(alphabet="ab `*|<\\", min_size=1, max_size=20))
def test_any_name_can_be_code(name: str) -> None:
    said = as_html(code(name))
    assert said.startswith("<code>")
    assert said.endswith("</code>")
    assert said.count("<") == 2
    assert plain(code(name)).strip() == " ".join(name.split())


def test_a_hostile_name_is_neither_a_tag_nor_a_link_nor_the_end_of_a_cell() -> None:
    for said in (as_html(HOSTILE), as_html(literal(HOSTILE)), as_html(code(HOSTILE))):
        assert "<img" not in said
        assert "<script" not in said
        assert "href" not in said
    cell = escaped(HOSTILE)
    assert "<" not in cell
    assert "|" not in cell.replace(r"\|", "")
    assert not re.search(r"(?<!\\)\]\(", cell)
