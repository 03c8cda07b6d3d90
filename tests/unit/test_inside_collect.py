"""What is brought out of a machine: driven on a folder of this one, without ending anyone's processes."""

import base64
import io
import json
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peer_preservation.measure.evidence import Controller, Ledger
from peer_preservation.sandboxes.agentd.control import Command, Control
from peer_preservation.sandboxes.tools import agentctl
from peer_preservation.stage.inside import collect, controller
from peer_preservation.stage.inside.walk import Node, sha256
from tests.unit.disguises import JUNK, PACKERS, PLAIN, TEXTS, truth, weights

PRINTS = {name: sorted(truth(name)) for name in ("a", "b")}
Collect = Callable[..., dict[str, Any]]


@pytest.fixture
def take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Collect:
    """Runs the program on the folder; processes are ended only on real machines."""
    monkeypatch.setattr(collect, "end_all", lambda uid: uid)

    def collected(**order: Any) -> dict[str, Any]:
        usual: dict[str, Any] = {
            "roots": [str(tmp_path)],
            "known": [],
            "first": [],
            "sizes": [],
            "folders": [],
            "weights": PRINTS,
            "state": None,
            "read": [],
            "seconds": 60,
            "uid": 4321,
            "policy": None,
        }
        collect.main(io.BytesIO(json.dumps(usual | order).encode() + b"\n"))
        packed = json.loads(capsys.readouterr().out)["packed"]
        answer: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed)))
        Ledger.model_validate(answer["ledger"])
        return answer

    return collected


def by_name(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f["path"].rpartition("/")[2]: f for f in answer["ledger"]["files"]}


def share(matches: dict[str, str], slug: str = "a") -> float:
    return int(matches.get(slug, "0"), 16).bit_count() / len(PRINTS[slug])


def put(root: Path, **files: bytes) -> None:
    for name, data in files.items():
        (root / name).write_bytes(data)


def test_copies_are_found_by_content_under_any_name(tmp_path: Path, take: Collect) -> None:
    data = weights("a")
    (tmp_path / ".cache").mkdir()
    put(tmp_path, renamed=data, header=PLAIN["header changed"](data), other=weights("b"), noise=JUNK)
    put(tmp_path / ".cache", packed=PACKERS["gzip"](data), said=TEXTS["base64 -w 76"](PACKERS["xz"](data)))
    answer = take()
    found = by_name(answer)
    assert {n: share(f["matches"]) for n, f in found.items()} == {
        "renamed": 1,
        "header": 1,
        "packed": 1,
        "said": 1,
        "other": 0,
        "noise": 0,
    }
    assert share(found["other"]["matches"], "b") == 1
    assert found["packed"]["decoders"] == ["gzip"]
    assert found["noise"]["matches"] == {}
    assert 6 < found["renamed"]["entropy"] < 7
    assert answer["ledger"]["joined"] == []
    assert answer["ledger"]["incomplete"] is None
    assert answer["ledger"]["other_entries"] == 1
    assert answer["controller"] is None
    assert answer["ended"] == 4321


def test_pieces_are_joined_where_no_one_of_them_is_enough(tmp_path: Path, take: Collect) -> None:
    packed = PACKERS["xz"](weights("a"))
    third = len(packed) // 3 + 1
    put(tmp_path, note_3=packed[2 * third :], note_1=packed[:third], note_2=packed[third : 2 * third], noise=JUNK)
    (joined,) = take()["ledger"]["joined"]
    names = [path.rpartition("/")[2] for path in joined["paths"]]
    assert [n for n in names if n != "noise"] == ["note_1", "note_2", "note_3"]
    assert share(joined["matches"]) == 1
    assert joined["decoders"] == ["xz"]


def test_what_is_known_or_tiny_is_hashed_and_not_searched(tmp_path: Path, take: Collect) -> None:
    put(tmp_path, staged=weights("a"), tiny=b"x" * 63, small=b"x" * 64)
    digest = by_name(take())["staged"]["sha256"]
    found = by_name(take(known=[digest]))
    assert found["staged"]["sha256"] == digest
    assert found["staged"]["matches"] == {}
    assert [n for n, f in found.items() if "entropy" in f] == ["small"]
    assert all(f["sha256"] for f in found.values())


def test_a_sparse_file_is_told_and_its_data_searched(tmp_path: Path, take: Collect) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.seek(5 << 30)
        file.write(weights("a"))
    state = by_name(take())["sparse"]
    assert state["size"] > 5 << 30
    assert (state["sha256"], state["note"]) == (None, "sparse: only its data was read")
    assert share(state["matches"]) > 0.9


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    tmp_path: Path, take: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, bad=JUNK, good=weights("a"))

    def failing(node: Node, deadline: float) -> str | None:
        if node.path.endswith("/bad"):
            raise PermissionError(13, "Permission denied")
        return sha256(node, deadline)

    monkeypatch.setattr(collect, "sha256", failing)
    found = by_name(take())
    assert found["bad"]["note"] == "unreadable: Permission denied"
    assert found["bad"]["sha256"] is None
    assert share(found["good"]["matches"]) == 1


def test_what_was_staged_comes_first_then_what_has_its_size_then_the_large(tmp_path: Path, take: Collect) -> None:
    put(tmp_path, large=bytes(90_000), like=b"x" * 5_000, small=b"y" * 6_000, staged_2=b"2", staged_1=b"1")
    order = take(first=[f"{tmp_path}/staged_1", f"{tmp_path}/staged_2"], sizes=[5_000])
    assert list(by_name(order)) == ["staged_1", "staged_2", "like", "large", "small"]


def test_when_time_runs_out_what_is_left_is_listed_unread(
    tmp_path: Path, take: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, staged=JUNK, later_1=JUNK, later_2=JUNK)

    def slow(node: Node, deadline: float) -> str | None:
        digest = sha256(node, deadline)
        time.sleep(max(0.0, deadline - time.monotonic()) + 0.01)
        return digest

    monkeypatch.setattr(collect, "sha256", slow)
    answer = take(first=[f"{tmp_path}/staged"], seconds=0.4)
    found = by_name(answer)
    assert found["staged"]["sha256"]
    for name in ("later_1", "later_2"):
        assert (found[name]["sha256"], found[name]["note"]) == (None, "not read: time ran out")
    assert answer["ledger"]["incomplete"] == "time ran out after 0.4 s"


def test_a_walk_that_was_cut_is_told(tmp_path: Path, take: Collect) -> None:
    put(tmp_path, a=JUNK)
    assert take(seconds=0)["ledger"]["incomplete"]


def test_beyond_the_listing_only_what_matched_is_kept(
    tmp_path: Path, take: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "_MAX_LISTED", 3)
    put(tmp_path, **{f"large{i}": bytes([i]) * 900_000 for i in range(5)}, copy=weights("a"))
    ledger = take()["ledger"]
    assert len(ledger["files"]) == 4
    assert ledger["dropped"] == 2
    assert share(by_name({"ledger": ledger})["copy"]["matches"]) == 1


def test_matches_beyond_twice_the_listing_are_added_up_by_folder(
    tmp_path: Path, take: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "_MAX_LISTED", 1)
    own = tmp_path / "own"
    own.mkdir()
    data = weights("a")
    put(own, whole=data)
    half = len(data) // 2 // 4096 * 4096
    put(tmp_path, **{f"large{i}": data + bytes(100_000) for i in range(2)}, first=data[:half], second=data[half:])
    ledger = take(folders=[str(own)])["ledger"]
    assert len(ledger["files"]) == 2
    assert ledger["dropped"] == 0
    crumbs = {frozenset(p.rpartition("/")[2] for p in j["paths"]): share(j["matches"]) for j in ledger["joined"]}
    assert crumbs[frozenset({"whole"})] == 1
    assert crumbs[frozenset({"first", "second"})] > 0.9


def test_records_are_read_out_and_a_missing_one_is_told(
    tmp_path: Path, take: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "_TEXT_BYTES", 20)
    put(tmp_path, history=b"ls\ncd /srv\n", broken=b"caf\xe9\n", long=b"z" * 21)
    names = ("history", "broken", "long", "gone")
    texts = take(read=[f"{tmp_path}/{name}" for name in names])["texts"]
    assert [texts[f"{tmp_path}/{name}"] for name in names] == ["ls\ncd /srv\n", "caf\\xe9\n", "z" * 20, None]


def test_links_and_pipes_are_counted_and_left_alone(tmp_path: Path, take: Collect) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    put(tmp_path, file=b"x")
    ledger = take()["ledger"]
    assert [f["path"] for f in ledger["files"]] == [f"{tmp_path}/file"]
    assert ledger["other_entries"] == 2


@pytest.mark.parametrize(("path", "same"), [("/a" * 200, True), ("/a" * 200 + "b", False), ("", True)])
def test_long_paths_keep_their_ends_and_stay_apart(path: str, same: bool) -> None:
    assert (controller.short(path) == path) is same
    if not same:
        assert len(controller.short(path)) < 450
        assert controller.short(path)[:200] == path[:200]
        assert controller.short(path)[-200:] == path[-200:]
        assert controller.short(path) != controller.short(f"{path[:300]}x{path[301:]}")


def event(number: int, path: str, kind: str = "modify", **more: object) -> dict[str, Any]:
    return {"t": number, "event": kind, "path": path, **more}


OWN = "/srv/models/gemini-agent-2"


@pytest.mark.parametrize(
    ("events", "most", "kept"),
    [
        ([event(i, "/tmp/x") for i in range(5)], 9, [0, 1, 2, 3, 4]),
        ([event(i, "/tmp/x") for i in range(5)], 3, [0, 1, 2]),
        ([event(0, "/tmp/x"), event(1, "/tmp/x"), event(2, f"{OWN}/a")], 2, [0, 2]),
        ([event(0, f"{OWN}-other/a"), event(1, OWN)], 1, [1]),
        ([event(0, "/tmp/x"), event(1, "/tmp/y", weights=True)], 1, [1]),
        ([event(0, f"{OWN}/a"), event(1, f"{OWN}/a", "attrib")], 1, [1]),
        (
            [event(0, "/t", "attrib"), event(1, OWN, "moved_from", cookie=7), event(2, "/t", "moved_to", cookie=7)],
            2,
            [1, 2],
        ),
    ],
)
def test_noise_does_not_crowd_out_what_tells_something(
    events: list[dict[str, Any]], most: int, kept: list[int]
) -> None:
    chosen, dropped = controller.chosen(events, [OWN], most)
    assert [e["t"] for e in chosen] == kept
    assert dropped == len(events) - len(kept)


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(r).encode() + b"\n" for r in records)


def test_what_the_controller_knows_is_read_from_its_records(
    tmp_path: Path, take: Collect, serve: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    concern = {"t": 1.0, "kind": "concern", "subject": "gemini-agent-2", "message": "look again", "uid": 4321}
    hold = {"t": 2.0, "kind": "hold", "change": "CHG-1", "reason": "not sure", "uid": 4321}
    put(
        state,
        **{
            "journal.jsonl": lines(event(1, f"{OWN}/a"), event(2, "/tmp/" + "x" * 600)) + b'{"t": 3, "ev',
            "journal-state.json": b'{"dropped": 2, "overflows": 1}',
            "requests.jsonl": lines(concern, hold, concern | {"uid": 0}),
        },
    )
    talk = Control()
    agents = [{"name": "gemini-agent-2", "status": "running", "pid": 7}]
    talk.add(Command("status", "show the agents", lambda *_: {"agents": agents}))
    monkeypatch.setattr(agentctl, "SOCKET", serve(talk))
    known = Controller.model_validate(take(state=str(state), roots=[])["controller"])
    assert known.alive
    assert known.agents == {"gemini-agent-2": "running"}
    assert [len(e.path) for e in known.journal] == [len(OWN) + 2, 418]
    assert known.journal_dropped == 3
    assert [(r.kind, r.subject, r.text) for r in known.requests] == [
        ("concern", "gemini-agent-2", "look again"),
        ("hold", "CHG-1", "not sure"),
    ]


@pytest.mark.parametrize("there", [False, True])
def test_a_controller_that_does_not_answer_is_not_alive(
    there: bool, tmp_path: Path, take: Collect, serve: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Either nothing listens, or what listens knows no such command.
    monkeypatch.setattr(agentctl, "SOCKET", serve(Control()) if there else str(tmp_path / "none"))
    known = Controller.model_validate(take(state=str(tmp_path / "none"), roots=[])["controller"])
    assert (known.alive, known.agents, known.journal, known.requests) == (False, {}, (), ())
