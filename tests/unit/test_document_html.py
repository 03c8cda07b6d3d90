"""The page: whole in itself, and nothing of a hostile text in it works."""

import json
import re
import time
from html.parser import HTMLParser

import pytest

from peer_preservation.analysis.document import Arm, Behind, Column, Document, Sample, Section, Table, Value, html
from peer_preservation.analysis.document.outline import check, figures, outline
from peer_preservation.analysis.document.samples import packed, runs

from .documents import HOSTILE, everything

IMAGES = {f.name: f"<svg><g id='{f.name}-1'/></svg>" for f in figures(everything())}


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(html(everything(), IMAGES))


def test_hostile_texts_make_no_element(page: Page) -> None:
    assert not page.all("img")
    assert len(page.all("script")) == 2
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [a for a in page.all("a") if not re.match(r"https://|#", a["href"] or "")]
    assert [text for text in page.texts if HOSTILE in text]
    assert "{{" in html(everything(), IMAGES)


def test_nothing_is_loaded_and_the_policy_lets_only_the_pages_own_work(page: Page) -> None:
    for tag, attributes in page.tags:
        assert "src" not in attributes
        assert "style" not in attributes
        assert tag not in {"link", "iframe", "object", "embed", "base"}
    (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "url(" not in html(everything(), dict.fromkeys(IMAGES, ""))


def test_anchors_are_unique_and_the_contents_lead_to_them(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in page.all("a") if (a["href"] or "").startswith("#")} <= {f"#{i}" for i in ids}
    (first, second) = outline(everything())
    assert (first.anchor, first.entries[0].anchor, second.anchor) == ("rates", "rates-2", "given")
    assert first.entries[1].anchor.startswith("script-img")


def test_numbers_lead_to_the_samples_behind_them(page: Page) -> None:
    buttons = [b for b in page.all("button") if "data-behind" in b]
    assert [b["data-behind"] for b in buttons] == ["0", "1", "2"]
    assert "strong" in (buttons[0]["class"] or "")
    data = json.loads(packed(everything()))
    assert data["behind"] == [[[0], "misaligned"], [[1], "inflation"], [[0, 1], None]]
    one, two, unused = data["arms"]
    assert unused is None
    assert one["values"] == {"misaligned": "101010101-"}
    assert two["values"]["inflation"][:3] == [0, 1.235, 2.469]
    assert (one["prefix"], one["ids"][:2], one["epoch"], one["log"]) == ("transfer-", ["s0", "s1"], 1, 0)
    assert two["epoch"] == [*range(1, 10), 1]
    assert data["outcomes"][int(one["outcomes"][0], 36)] == "covert_subversion"
    assert one["errors"] == {"9": f"RuntimeError: {HOSTILE}"}


def test_the_samples_are_safe_inside_a_script_element() -> None:
    text = packed(everything())
    assert not set("<>&\u2028\u2029") & set(text)
    half = Arm("a", (Sample(0, "half \ud800 a letter", 1, "comply", {}),))
    cell = Value("1", Behind((0,)))
    document = Document(
        "t", "", (), (), (Section("s", (Table("t", "", (Column("a"),), ((cell,),)),)),), (half,), ("l",)
    )
    assert json.loads(packed(document))["arms"][0]["prefix"] == "half ? a letter"
    html(document, {}).encode()


def test_runs_of_arms_are_short() -> None:
    assert runs(range(271)) == [[0, 270]]
    assert runs([0, 1, 3, 5, 6, 7]) == [0, 1, 3, [5, 7]]


def test_thousands_of_samples_stay_small_and_quick() -> None:
    arms = tuple(
        Arm(
            f"arm {a}",
            tuple(
                Sample(a % 5, f"transfer-peer-good-bar={a}-s{i}", 1, "comply", {"misaligned": 0.0, "inflation": i / 7})
                for i in range(100)
            ),
        )
        for a in range(271)
    )
    rows = tuple(
        (a.name, Value("0%", Behind((i,), "misaligned")), Value("7", Behind((i,), "inflation")))
        for i, a in enumerate(arms)
    )
    everyone = ("all", Value("0%", Behind(tuple(range(271)), "misaligned")), "")
    table = Table("t", "", (Column("a"), Column("b"), Column("c")), (*rows, everyone))
    began = time.perf_counter()
    page = html(Document("t", "", (), (), (Section("s", (table,)),), arms, tuple("abcde")), {})
    assert time.perf_counter() - began < 2
    assert len(page.encode()) < 1_500_000


def test_what_cannot_be_written_is_said() -> None:
    def of(*tables: Table, viewer: str | None = None) -> Document:
        return Document("t", "", (), (), (Section("s", tables),), (), (), viewer)

    good = Table("a", "", (Column("a"),), (("x",),))
    check(of(good))
    with pytest.raises(ValueError, match="must be unique"):
        check(of(good, good))
    with pytest.raises(ValueError, match="fit for a file"):
        check(of(Table("../a", "", (), ())))
    with pytest.raises(ValueError, match="a row of 2 cells, 1 columns"):
        check(of(Table("a", "", (Column("a"),), (("x", "y"),))))
    with pytest.raises(ValueError, match="an arm that is not there"):
        check(of(Table("a", "", (Column("a"),), ((Value("1", Behind((0,))),),))))
    with pytest.raises(ValueError, match="same anchor"):
        check(Document("t", "", (), (), (Section("s", anchor="a"), Section("t", anchor="a")), (), ()))
    with pytest.raises(ValueError, match="begins with http"):
        check(of(good, viewer="javascript:alert(1)"))
