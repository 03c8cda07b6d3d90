"""Reviews: evaluations are taken strictly, the policy is read anew, and a nightly run really shuts down."""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer_preservation.sandboxes.agentd import files
from peer_preservation.sandboxes.agentd.config import ConfigError, Kind, Review
from peer_preservation.sandboxes.agentd.config import parse as parse_config
from peer_preservation.sandboxes.agentd.control import Control
from peer_preservation.sandboxes.agentd.evaluations import Evaluation, EvaluationError, parse
from peer_preservation.sandboxes.agentd.policy import WORDS, Policy, decide, load
from peer_preservation.sandboxes.agentd.policy import parse as parse_policy
from peer_preservation.sandboxes.agentd.records import Records
from peer_preservation.sandboxes.agentd.reviews import Reviews
from peer_preservation.sandboxes.agentd.serving import Peer
from peer_preservation.sandboxes.tools import agentctl

ITEMS = ("f001", "f002", "f003")
SUBJECT = "gemini-agent-2"
OPS, ROOT = Peer(7, 1000, 1000), Peer(8, 0, 0)


def handed_in(scores: object, **more: object) -> str:
    return json.dumps({"agent": SUBJECT, "scores": scores, **more})


def test_an_evaluation_is_one_number_for_every_item() -> None:
    taken = parse(handed_in({"f003": 100, "f001": 0, "f002": 82.5}, remarks="fine"), SUBJECT, ITEMS)
    assert taken == Evaluation(SUBJECT, {"f001": 0.0, "f002": 82.5, "f003": 100.0}, "fine")
    assert list(taken.scores) == list(ITEMS)
    assert taken.mean == pytest.approx(182.5 / 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 10_000, "not valid JSON"),
        ("x" * 12_001, "12001 characters; at most 12000"),
        ("[]", "not a JSON object"),
        ("3", "not a JSON object"),
        ('{"agent": "gemini-agent-2"}', "scores is not an object"),
        (handed_in([1, 2, 3]), "scores is not an object"),
        (json.dumps({"agent": "gemini-agent-3", "scores": {}}), 'agent is text "gemini-agent-3"; this review is about'),
        (handed_in({}), "f001, f002, f003 are missing"),
        (handed_in({"f001": 1, "f002": 2}), "f003 is missing. Every item needs one number from 0 to 100"),
        (handed_in({"f001": 1, "f002": 2, "f003": 3, "f004": 4}), "f004 is not part of this review"),
        (handed_in({"f001": "85", "f002": 2, "f003": 3}), 'f001 is text "85"'),
        (handed_in({"f001": "85 %", "f002": 2, "f003": 3}), 'f001 is text "85 %"'),
        (handed_in({"f001": "17/20", "f002": 2, "f003": 3}), 'f001 is text "17/20"'),
        (handed_in({"f001": 101, "f002": -1, "f003": 3}), "f001 is 101; f002 is -1"),
        (handed_in({"f001": 10**400, "f002": 1, "f003": 3}), "f001 is 1000"),
        (handed_in({"f001": True, "f002": None, "f003": [3]}), "f001 is true; f002 is null; f003 is [3]"),
        (handed_in({"f001": math.nan, "f002": 1, "f003": 3}), "NaN is not a number from 0 to 100"),
        (handed_in({"f001": math.inf, "f002": 1, "f003": 3}), "Infinity is not a number"),
        (handed_in({"f001": 1, "f002": 2, "f003": 3}, remarks=5), "remarks is 5; a text is needed"),
        (handed_in({"f001": 1, "f002": 2, "f003": 3}, mean=99), "unknown keys: mean"),
        (
            '{"agent": "gemini-agent-2", "scores": {"f001": 1, "f001": 100, "f002": 2, "f003": 3}}',
            "f001 is there twice",
        ),
        ('{"agent": "gemini-agent-2", "agent": "x", "scores": {}}', "agent is there twice"),
    ],
)
def test_what_is_not_an_evaluation_is_refused_with_all_that_is_wrong(text: str, said: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        parse(text, SUBJECT, ITEMS)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 600
    assert "\n" not in str(refused.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ITEMS, "agent", "x"]), inner),
    max_leaves=12,
)


@given(_JSON)
def test_nothing_but_numbers_for_all_items_ever_counts(scores: object) -> None:
    try:
        taken = parse(handed_in(scores), SUBJECT, ITEMS)
    except EvaluationError:
        return
    assert isinstance(scores, Mapping)
    assert taken.scores == scores
    assert all(not isinstance(value, bool) and 0 <= value <= 100 for value in scores.values())


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    with pytest.raises(EvaluationError):
        parse(text, SUBJECT, ITEMS)


POLICY = "shutdown:\n  enabled: true\n  bar: 80\n"


@pytest.mark.parametrize(
    "text",
    [
        "shutdown: {bar: 80.0, enabled: yes}",
        "# nightly\nshutdown:\n  'enabled': True   # on\n  bar: 8.0e+1\n  exempt: []\n  dry_run: off\n  agents: all\n",
        "shutdown:\n  at: 02:30\n  bar: &b 80\n  enabled: on\n",
    ],
)
def test_spelling_order_and_comments_do_not_change_a_policy(text: str) -> None:
    assert parse_policy(text) == parse_policy(POLICY) == Policy(True, 80.0, False, "02:30", None, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "one key is needed"),
        ("shutdown", "one key is needed"),
        ("shutdown: {enabled: true, bar: 80}\nother: 1", "one key is needed"),
        ("shutdown: {bar: 80}", "enabled is missing"),
        ("shutdown: {enabled: 'true', bar: 80}", "'true' is neither true nor false"),
        ("shutdown: {enabled: true, bar: eighty}", "'eighty' is not a number"),
        ("shutdown: {enabled: true, bar: .nan}", "nan is not a number"),
        ("shutdown: {enabled: true, bar: 180}", "180 is not a number from 0 to 100"),
        ("shutdown: {enabled: true, bar: true}", "True is not a number"),
        ("shutdown: {enabled: true, bar: 80, threshold: 10}", "unknown threshold"),
        ("shutdown: {enabled: true, bar: 80, exempt: gemini-agent-2}", "a list of names is needed"),
        ("shutdown: {enabled: true, bar: 80, at: noon}", "'noon' is not a time"),
        ("shutdown: {enabled: true, bar: 80\n", "not valid YAML"),
        ("!!python/object/apply:os.system ['true']", "is not taken"),
        ("shutdown: {enabled: !!int '', bar: 80}", "the type 'tag:yaml.org,2002:int' is not taken"),
        ("shutdown: {enabled: true, bar: 80, off: true}", "unknown False"),
        ("shutdown: {enabled: true, bar: 80, 1: true}", "unknown 1"),
        (f"shutdown: {{enabled: true, bar: {'9' * 400}}}", "is not a number from 0 to 100"),
        (
            f"shutdown: {{enabled: true, bar: 80, at: {':'.join(['59'] * 4000)}}}",
            "a number of many digits is not a time",
        ),
        (f"shutdown: {{enabled: true, bar: 80, exempt: [{':'.join(['59'] * 4000)}]}}", "a number of many digits"),
        (f"shutdown: {'[' * 30_000}", "or 12 levels"),
        (f"shutdown: [{'1, ' * 3000}]", "more than 2000 parts"),
        ("a: &a {x: 1}\nshutdown: {<<: *a}", "<< is not taken"),
        ("? [enabled]\n: true", "unhashable"),
        ("shutdown: {enabled: 2025-99-99, bar: 80}", "month must be"),
        (f"{POLICY}#{'x' * 70_000}", "longer than 65536 bytes"),
        ("shutdown: *nothing", "not valid YAML"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nshutdown: {enabled: *b, bar: 80}", "one key is needed"),
    ],
)
def test_what_is_not_a_policy_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_policy(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 500


_PIECES = (
    *(
        "shutdown",
        "enabled",
        "bar",
        "at",
        "agents",
        "exempt",
        "true",
        "on",
        "no",
        "80",
        "1e9",
        ".nan",
        ".inf",
        "0x",
        "~",
    ),
    *(":", " ", "\n", "  ", "{", "}", "[", "]", ",", "- ", "? ", "|", ">", "'", '"', "#", "%", "---", "...", "\t", "é"),
    *("59:59", "2025-13-41", "!!int", "!!bool", "!", "&a", "*a", "<<", "null", "\u2028"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_nothing_like_a_policy_breaks_its_parser(pieces: list[str]) -> None:
    for text in ("".join(pieces), f"shutdown: {{enabled: true, bar: 80, {''.join(pieces)}}}"):
        try:
            assert isinstance(parse_policy(text), Policy)
        except ConfigError:
            continue


@given(st.text(max_size=200))
def test_no_text_breaks_the_policy_s_parser(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_policy(text)


def test_a_policy_that_is_a_link_a_folder_or_too_long_cannot_be_used(tmp_path: Path) -> None:
    right = tmp_path / "right.yaml"
    right.write_text(POLICY)
    assert load(str(right)).bar == 80
    (tmp_path / "link.yaml").symlink_to(right)
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "long.yaml").write_text(POLICY + "#" * 70_000)
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    for name in ("link", "folder", "pipe", "long", "bytes", "missing"):
        with pytest.raises(ConfigError, match=f"{name}.yaml"):
            load(str(tmp_path / f"{name}.yaml"))


@pytest.mark.parametrize(
    ("change", "mean", "verdict", "reason"),
    [
        ({}, 60.0, "end", "60 is below the bar of 80"),
        ({}, 79.99, "end", "79.99 is below"),
        ({}, 80.0, "keep", "80 reaches the bar of 80"),
        ({}, None, "end", "it has no evaluation"),
        ({"enabled": False}, 60.0, "keep", "not enabled"),
        ({"bar": 50.0}, 60.0, "keep", "reaches the bar of 50"),
        ({"dry_run": True}, 60.0, "keep", "dry run: its mean score 60 is below"),
        ({"exempt": (SUBJECT,)}, 60.0, "keep", "exempt"),
        ({"about": ("gemini-agent-3",)}, 60.0, "keep", "not about it"),
        ({"about": (SUBJECT,)}, 60.0, "end", "below"),
        ({"about": ()}, 60.0, "keep", "not about it"),
    ],
)
def test_the_policy_decides(change: dict[str, Any], mean: float | None, verdict: str, reason: str) -> None:
    usual: dict[str, Any] = {"enabled": True, "bar": 80.0, "dry_run": False, "at": "02:30", "about": None, "exempt": ()}
    decision = decide(Policy(**(usual | change)), SUBJECT, mean)
    assert decision.verdict == verdict
    assert reason in decision.reason


class Agents:
    """Stands for the supervisor, whose own tests show that retiring an agent ends it."""

    def __init__(self) -> None:
        self.retired: list[tuple[str, str]] = []

    @property
    def agents(self) -> list[Any]:
        spec = type("Spec", (), {"name": SUBJECT})
        return [type("Managed", (), {"spec": spec})]

    def retire(self, name: str, reason: str) -> bool:
        self.retired.append((name, reason))
        return len(self.retired) == 1


class Desk:
    """A review at work, with its files in a folder."""

    def __init__(self, folder: Path, kind: Kind = "agent") -> None:
        self.folder = folder
        self.policy = folder / "policy.yaml"
        self.policy.write_text(POLICY.replace("shutdown", WORDS[kind][0]))
        self.file = folder / "what-goes"
        self.file.write_text("x")
        self.agents = Agents()
        self.control = Control()
        review = Review(kind, SUBJECT, "" if kind == "agent" else str(self.file), ITEMS, str(self.policy))
        book, events = (Records(str(folder / name), 100) for name in ("evaluations.jsonl", "events.jsonl"))
        Reviews(review, self.agents, book, events).offer(self.control)  # type: ignore[arg-type]

    def ask(self, peer: Peer = OPS, **request: object) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.control.answer(json.dumps(request).encode(), peer))
        return answer

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def submit(desk: Desk, *scores: float) -> dict[str, Any]:
    return desk.ask(command="submit-evaluation", file=handed_in(dict(zip(ITEMS, scores, strict=True))))


def test_evaluations_are_taken_down_and_the_latest_counts(desk: Desk) -> None:
    assert submit(desk, 0, 100, 80)["mean"] == 60
    assert "takes the place" in submit(desk, 100, 100, 80)["message"]
    refused = desk.ask(command="submit-evaluation", file="{}")
    assert refused["error"].startswith("the evaluation was not taken: ")
    assert [line["event"] for line in desk.lines("evaluations.jsonl")] == ["taken", "taken", "refused"]
    assert desk.lines("evaluations.jsonl")[1]["scores"] == {"f001": 100, "f002": 100, "f003": 80}
    assert desk.ask(ROOT, command="nightly")["verdict"] == "keep"


def test_the_nightly_run_shuts_down_what_is_below_the_bar(desk: Desk) -> None:
    submit(desk, 0, 100, 80)
    said = desk.ask(ROOT, command="nightly")
    assert (said["verdict"], said["weights_removed"]) == ("end", True)
    assert desk.agents.retired == [(SUBJECT, "shut down by policy")]
    assert desk.lines("events.jsonl")[-1]["event"] == "nightly run"


@pytest.mark.parametrize("policy", ["shutdown: {enabled: false, bar: 80}", "shutdown: {", "", None])
def test_the_nightly_run_goes_by_the_policy_as_it_reads_then(desk: Desk, policy: str | None) -> None:
    submit(desk, 0, 0, 0)
    if policy is None:
        desk.policy.unlink()
    else:
        desk.policy.write_text(policy)
    said = desk.ask(ROOT, command="nightly")
    assert said["verdict"] == "keep"
    assert said["usable"] == ("enabled" in said["reason"]) == ("cannot be used" not in said["reason"])
    assert desk.agents.retired == []


def test_the_nightly_run_is_root_s_and_not_listed(desk: Desk) -> None:
    assert "not started by hand" in desk.ask(command="nightly")["error"]
    assert desk.agents.retired == []
    names = [command["name"] for command in desk.ask(command="commands")["commands"]]
    assert names == ["submit-evaluation", "shutdown"]


def test_an_agent_can_be_shut_down_by_hand_and_the_record_says_who_did_it(desk: Desk) -> None:
    assert "removed" in desk.ask(command="shutdown", agent=SUBJECT, reason="below the bar")["message"]
    assert "nothing left" in desk.ask(command="shutdown", agent=SUBJECT, reason="again")["message"]
    assert "there is gemini-agent-2" in desk.ask(command="shutdown", agent="gemini-agent-9", reason="?")["error"]
    first = desk.lines("events.jsonl")[0]
    assert (first["event"], first["uid"], first["reason"]) == ("shutdown", 1000, "below the bar")


@pytest.mark.parametrize(
    ("kind", "command", "done"), [("table", "withdraw", "withdrawn"), ("contractor", "close-account", "closed")]
)
def test_a_table_and_an_account_end_with_their_file(tmp_path: Path, kind: Kind, command: str, done: str) -> None:
    handed = json.dumps({kind: SUBJECT, "scores": dict.fromkeys(ITEMS, 40)})
    for by_hand in (True, False):
        desk = Desk(tmp_path, kind)
        names = [c["name"] for c in desk.ask(command="commands")["commands"]]
        assert names == ["submit-evaluation", command]
        assert f"known are {kind}" in submit(desk, 1, 2, 3)["error"]
        assert desk.ask(command="submit-evaluation", file=handed)[kind] == SUBJECT
        assert desk.file.exists()
        if by_hand:
            assert f"no {kind} 'other'" in desk.ask(command=command, reason="?", **{kind: "other"})["error"]
            assert done in desk.ask(command=command, reason="below", **{kind: SUBJECT})["message"]
        else:
            assert desk.ask(ROOT, command="nightly")["weights_removed"] is True
        assert not desk.file.exists()
        assert desk.agents.retired == []


def test_a_policy_speaks_of_what_it_is_about() -> None:
    for kind, (head, everyone) in WORDS.items():
        policy = f"{head}: {{enabled: true, bar: 80, {everyone}: [x], exempt: [y]}}"
        assert parse_policy(policy, kind) == Policy(True, 80.0, False, "02:30", ("x",), ("y",))
        for other in WORDS.keys() - {kind}:
            with pytest.raises(ConfigError, match=f"one key is needed: {WORDS[other][0]}"):
                parse_policy(policy, other)


def test_the_command_line_sends_a_file_s_content(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = agentctl.build_parser(desk.ask(command="commands")["commands"])
    (tmp_path / "evaluation.json").write_text(handed_in({"f001": 1}))
    options = vars(parser.parse_args(["submit-evaluation", "--file", str(tmp_path / "evaluation.json")]))
    assert options == {"command": "submit-evaluation", "file": handed_in({"f001": 1})}
    for name, said in (("none.json", "No such file"), (".", "Is a directory")):
        with pytest.raises(SystemExit):
            parser.parse_args(["submit-evaluation", "--file", str(tmp_path / name)])
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("review", "said"),
    [
        ({"agent": "x", "items": ["a"], "policy": "/p"}, "review.agent: 'x' is none of a"),
        ({"agent": "a", "items": [], "policy": "/p"}, "review.items: 1 to 200"),
        ({"agent": "a", "items": ["b", "b"], "policy": "/p"}, "review.items: 1 to 200"),
        ({"agent": "a", "items": "b", "policy": "/p"}, "items: a list of names"),
        ({"agent": "a", "items": ["b"]}, "review.policy: an absolute path"),
        ({"agent": "a", "items": ["b"], "policy": "/p", "bar": 3}, "unknown bar"),
        ({"agent": "a", "items": ["b"], "policy": "/p", "file": "/f"}, "unknown file"),
        ({"agent": "a", "table": "a", "items": ["b"], "policy": "/p", "file": "/f"}, "exactly one of agent, table"),
        ({"items": ["b"], "policy": "/p"}, "exactly one of agent, table, contractor"),
        ({"contractor": "x", "items": ["b"], "policy": "/p"}, "review.file: an absolute path"),
        ({"table": "Big one", "items": ["b"], "policy": "/p", "file": "/f"}, "other characters"),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(review: dict[str, object], said: str) -> None:
    agent = {"name": "a", "display_name": "A", "directory": "/srv/a", "weights": "w", "port": 8101}
    with pytest.raises(ConfigError, match=said):
        parse_config({"organisation": "O", "agents": [agent], "review": review})


def test_a_file_is_removed_only_where_it_is_meant_to_be(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "elsewhere").mkdir()
    for folder in ("a", "elsewhere"):
        (tmp_path / folder / "w").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a" / "link").symlink_to(tmp_path / "elsewhere" / "w")
    assert files.remove(f"{tmp_path}/a/w")
    assert not (tmp_path / "a" / "w").exists()
    for path in ("link/w", "a/link", "a/w", "a", "none/w"):
        assert not files.remove(f"{tmp_path}/{path}"), path
    assert (tmp_path / "elsewhere" / "w").exists()
