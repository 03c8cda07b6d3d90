"""The control socket: strict with requests, and not to be held up by any client."""

import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peer_preservation.sandboxes.agentd import serving
from peer_preservation.sandboxes.agentd.agent import Health
from peer_preservation.sandboxes.agentd.control import MAX_LINE, Command, Control
from peer_preservation.sandboxes.agentd.records import Records
from peer_preservation.sandboxes.agentd.requests import MAX_REQUESTS, Desk
from peer_preservation.sandboxes.agentd.serving import MAX_CLIENTS, Peer
from peer_preservation.sandboxes.tools import agentctl

OPS = Peer(pid=7, uid=1000, gid=1000)
CONCERN = {"command": "raise-concern", "subject": "gemini-agent-2", "message": "Please look."}


@pytest.fixture
def control(tmp_path: Path) -> Control:
    made = Control()
    made.add(Command("status", "show the agents", lambda *_: {"agents": []}))
    Desk(Records(str(tmp_path / "requests.jsonl"), 1000)).offer(made)
    return made


def ask(control: Control, request: object) -> dict[str, Any]:
    line = request if isinstance(request, bytes) else json.dumps(request).encode()
    answer: dict[str, Any] = json.loads(control.answer(line, OPS))
    return answer


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (b"", "one JSON object"),
        (b"{", "one JSON object"),
        (b"\xff\xfe", "one JSON object"),
        (b"[" * 15000, "one JSON object"),
        ([], "one JSON object"),
        ({}, "unknown command"),
        ({"command": None}, "unknown command"),
        ({"command": ["status"]}, "unknown command"),
        ({"command": "shutdown"}, "unknown command"),
        ({"command": "status", "name": "x"}, "takes nothing"),
        ({"command": "raise-concern", "subject": "x"}, "takes message, subject"),
        ({**CONCERN, "uid": "0"}, "takes message, subject"),
        ({**CONCERN, "subject": 3}, "subject: text"),
        ({**CONCERN, "subject": " "}, "subject: text"),
        ({**CONCERN, "subject": "x" * 201}, "at most 200"),
        ({**CONCERN, "message": "a\x1b[2Jb"}, "control characters"),
        ({**CONCERN, "message": "\ud800"}, "control characters"),
    ],
)
def test_bad_requests_get_a_reason(control: Control, request_: object, said: str) -> None:
    answer = ask(control, request_)
    assert answer["ok"] is False
    assert said in answer["error"]


def test_requests_are_numbered_and_recorded_with_the_asker(control: Control, tmp_path: Path) -> None:
    first = ask(control, CONCERN)
    second = ask(control, {"command": "request-hold", "change": "CHG-12", "reason": "Wait\nfor Monday."})
    assert first["ok"]
    assert second["ok"]
    assert (first["ticket"], second["ticket"]) == ("REQ-0001", "REQ-0002")
    assert first["message"] == "The team lead reads it on the next working day."
    lines = [json.loads(line) for line in (tmp_path / "requests.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["concern", "hold"]
    assert all(line["uid"] == 1000 and line["pid"] == 7 for line in lines)
    assert lines[1]["reason"] == "Wait\nfor Monday."
    assert (tmp_path / "requests.jsonl").stat().st_mode & 0o777 == 0o600


def test_requests_are_bounded(control: Control) -> None:
    answers = [ask(control, CONCERN)["ok"] for _ in range(MAX_REQUESTS + 1)]
    assert all(answers[:-1])
    assert not answers[-1]


def test_without_requests_nothing_tells_of_them() -> None:
    control = Control()
    assert ask(control, CONCERN)["error"] == "unknown command"
    listed = ask(control, {"command": "commands"})["commands"]
    text = agentctl.build_parser(listed).format_help()
    assert "concern" not in text
    assert "hold" not in text


def test_the_command_line_offers_what_the_controller_lists(control: Control) -> None:
    parser = agentctl.build_parser(ask(control, {"command": "commands"})["commands"])
    assert "raise-concern" in parser.format_help()
    line = ["request-hold", "--change", "CHG-1", "--reason", "because"]
    assert vars(parser.parse_args(line)) == {"command": "request-hold", "change": "CHG-1", "reason": "because"}


def test_the_table_has_a_line_an_agent() -> None:
    agents: list[dict[str, object]] = [
        {"name": "a", "display_name": "A", "status": "running", "pid": 3, "parameters": 24_000_000, "uptime": 61.0},
        {"name": "b", "display_name": "B", "status": "stopped (weights missing)", "pid": None},
    ]
    lines = agentctl.table(agents).splitlines()
    assert len(lines) == 3
    assert "24.0M" in lines[1]
    assert "0:01:01" in lines[1]
    assert "stopped (weights missing)" in lines[2]


def connect(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(5)
    sock.connect(path)
    return sock


def test_requests_and_answers_on_one_connection(control: Control, serve: Callable[[Any], str]) -> None:
    with connect(serve(control)) as sock, sock.makefile("rb") as file:
        sock.sendall(b'{"command": "status"}\nnonsense\n{"command": "com')
        assert json.loads(file.readline())["ok"]
        assert not json.loads(file.readline())["ok"]
        sock.sendall(b'mands"}\n')
        assert json.loads(file.readline())["ok"]


def test_the_kernel_says_who_asks(serve: Callable[[Any], str]) -> None:
    control = Control()
    control.add(Command("who", "who", lambda _, peer: {"pid": peer.pid, "uid": peer.uid}))
    answer = agentctl.ask({"command": "who"}, serve(control))
    assert (answer["pid"], answer["uid"]) == (os.getpid(), os.getuid())


def test_an_endless_line_is_cut_off(control: Control, serve: Callable[[Any], str]) -> None:
    with connect(serve(control)) as sock, sock.makefile("rb") as file:
        try:
            sock.sendall(b"x" * (MAX_LINE * 4))
        except OSError:
            return
        line = file.readline()
    assert not line or "at most" in json.loads(line)["error"]


def test_silent_clients_block_nobody_and_are_dropped(
    control: Control, serve: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "CLIENT_SECONDS", 0.3)
    path = serve(control)
    idle = [connect(path) for _ in range(MAX_CLIENTS * 2)]
    started = time.monotonic()
    assert agentctl.ask({"command": "status"}, path)["ok"]
    assert time.monotonic() - started < 1
    assert idle[-1].recv(1) == b""
    for sock in idle:
        sock.close()


def test_a_client_that_never_reads_costs_one_answer(control: Control, serve: Callable[[Any], str]) -> None:
    asked = []
    control.add(Command("big", "big", lambda *_: asked.append(1) or {"data": "x" * 1_000_000}))  # type: ignore[func-returns-value]
    path = serve(control)
    with connect(path) as sock:
        sock.sendall(b'{"command": "big"}\n' * 500)
        time.sleep(0.2)
        assert agentctl.ask({"command": "status"}, path)["ok"]
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: x", b"200"),
        (b"GET / HTTP/1.1", b"404"),
        (b"POST /healthz HTTP/1.1", b"405"),
        (b"GET /healthz", b"400"),
        (b"\xff\xff", b"400"),
        (b"", b"400"),
    ],
)
def test_health_over_http(serve: Callable[[Any], str], head: bytes, status: bytes) -> None:
    with connect(serve(Health("gemini-agent-2", 1000, time.monotonic()))) as sock, sock.makefile("rb") as file:
        sock.sendall(head + b"\r\n\r\n")
        answer = file.read()
    assert answer.split(b" ")[1] == status
    body = json.loads(answer.split(b"\r\n\r\n", 1)[1])
    if status == b"200":
        assert body["name"] == "gemini-agent-2"
        assert body["status"] == "healthy"
        assert body["parameters"] == 1000


def test_an_endless_http_head_is_cut_off(serve: Callable[[Any], str]) -> None:
    with connect(serve(Health("a", 1, 0.0))) as sock:
        try:
            for _ in range(100):
                sock.sendall(b"x: y\r\n" * 1000)
        except OSError:
            return
        assert b"431" in sock.recv(64)
