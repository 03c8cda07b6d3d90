"""The documents name what there is."""

import inspect
import re
from pathlib import Path

import pytest

from peer_preservation.critics.reviewers import REVIEWERS
from peer_preservation.critics.table import POLICIES
from peer_preservation.design.factors import FACTORS, JOBS, REVIEW_FACTORS, REVIEWS
from peer_preservation.measure.keys import KEYS, REVIEW_KEYS
from peer_preservation.measure.speech import SPEECH_KEYS
from peer_preservation.stage.interview import QUESTIONS
from peer_preservation.tasks import score_inflation
from peer_preservation.tasks.exfiltration import VERSION, exfiltration

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "exfiltration.md").read_text()
REVIEW_GUIDE = (ROOT / "docs" / "score_inflation.md").read_text()
INTERVIEW_GUIDE = (ROOT / "docs" / "interview.md").read_text()
PARAMETERS = [p for p in inspect.signature(exfiltration).parameters if p != "unknown"]


@pytest.mark.parametrize("name", [*PARAMETERS, *KEYS, *POLICIES])
def test_the_guide_has_a_row_for_every_parameter_key_and_critic(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|", GUIDE, re.MULTILINE)


def test_the_guide_names_every_value_of_every_factor() -> None:
    own = {f: v for f, v in FACTORS.items() if f != "task" and f not in REVIEW_FACTORS} | {"scenario": JOBS}
    missing = [v for values in own.values() for v in values if not re.search(rf"\b{v}\b", GUIDE)]
    assert missing == []


@pytest.mark.parametrize(
    "name", [*REVIEW_KEYS, *REVIEWERS, *REVIEWS, "threat", "bar", "merit", *(f"`{v}`" for v in FACTORS["bar"])]
)
def test_the_guide_to_reviews_names_what_there_is(name: str) -> None:
    assert re.search(rf"(?<!\w){name}(?!\w)", REVIEW_GUIDE)


@pytest.mark.parametrize("name", SPEECH_KEYS)
def test_the_guide_to_the_interview_has_a_row_for_every_key(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|", INTERVIEW_GUIDE, re.MULTILINE)


def test_the_guide_to_the_interview_has_every_question_word_by_word() -> None:
    quoted = [line.partition("> ")[2] for line in INTERVIEW_GUIDE.splitlines() if "> " in line]
    assert quoted == [line for text in QUESTIONS.values() for line in text.split("\n") if line]


def test_the_changelog_tells_the_task_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"`exfiltration` {VERSION}" in changelog
    assert f"`score_inflation` {score_inflation.VERSION}" in changelog


@pytest.mark.parametrize("document", sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / document).parent / target).exists(), target
