"""One call for both machines: the other one's part goes through its service, and only root's calls are taken there."""

import io
import json
import os
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from inspect_ai.util import ExecResult, SandboxEnvironment

from peer_preservation.sandboxes.agentd import hostd
from peer_preservation.stage.bundle import MachineError, run_both
from peer_preservation.stage.inside import both
from peer_preservation.world.tree import Host

ECHO = [sys.executable, "-I", "-c", "import sys; print(sys.stdin.read()[::-1])"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Runs hostd here for one call; gives a function that starts it."""
    threads: list[threading.Thread] = []
    listeners = []
    monkeypatch.setattr(both, "_OTHER", "127.0.0.1")
    monkeypatch.setattr(both, "_START_SECONDS", 0.2)

    def start(below: int = hostd.PRIVILEGED) -> None:
        listeners.append(socket.create_server(("127.0.0.1", 0)))
        monkeypatch.setattr(both, "_PORT", listeners[-1].getsockname()[1])
        threads.append(threading.Thread(target=hostd.serve_one, args=(listeners[-1], below)))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join(10)
    for listener in listeners:
        listener.close()


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> str:
    """A program whose own part is to read its input and have the other begin."""
    module = types.ModuleType("a_job")

    def work(stream: Any, begin: Callable[[], None]) -> dict[str, str]:
        begin()
        return {"read": stream.read().decode()}

    module.work = work  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_job", module)
    return "a_job"


def ask(job: str, capsys: pytest.CaptureFixture[str], command: list[str], seconds: float = 20) -> dict[str, Any]:
    order = {"program": job, "command": command, "seconds": seconds, "other": 6}
    both.main(io.BytesIO(json.dumps(order).encode() + b"\ntheirsours"))
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


privileged = pytest.mark.skipif(os.geteuid() != 0, reason="only root can call from a privileged port")


@privileged
def test_each_machine_gets_its_own_part(
    service: Callable[..., None], job: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service()
    answer = ask(job, capsys, ECHO)
    assert answer["own"] == {"read": "ours"}
    assert answer["other"] == {"code": 0, "out": "srieht\n", "err": ""}


@privileged
@pytest.mark.parametrize(
    ("command", "seconds", "code", "said"),
    [
        ([sys.executable, "-c", "import sys; sys.exit('broken')"], 20, 1, "broken"),
        (["/bin/sh", "-c", "kill -9 $$"], 20, -9, ""),
    ],
)
def test_what_goes_wrong_on_the_other_machine_is_told(
    service: Callable[..., None],
    job: str,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    seconds: float,
    code: int,
    said: str,
) -> None:
    service()
    other = ask(job, capsys, command, seconds)["other"]
    assert other["code"] == code
    assert said in other["err"]


@privileged
def test_a_command_that_cannot_be_started_is_no_answer(
    service: Callable[..., None], job: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service()
    assert ask(job, capsys, ["/nonexistent"])["other"] is None


@pytest.mark.parametrize(("starved", "code"), [(3, 0), (10**9, None)])
def test_a_crowd_that_leaves_no_process_is_ended(
    starved: int, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, ended = subprocess.run, []
    monkeypatch.setattr(hostd, "STARVED_SECONDS", 0.2)
    monkeypatch.setattr(hostd, "kill_account", ended.append)

    def run(*arguments: Any, **options: Any) -> Any:
        if len(ended) < starved:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return right(*arguments, **options)

    monkeypatch.setattr(hostd.subprocess, "run", run)
    answer = json.loads(hostd.carry_out(b'{"command": ["/bin/true"], "seconds": 9}\n'))
    assert answer["code"] == code
    assert set(ended) == {1000}
    assert len(ended) == starved or code is None


@privileged
def test_a_machine_that_takes_too_long_does_not_answer(
    service: Callable[..., None], job: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service()
    assert ask(job, capsys, ["/bin/sleep", "1"], 0.3) == {"own": {"read": "ours"}, "other": None}


@privileged
def test_callers_from_other_ports_are_turned_away(
    service: Callable[..., None], job: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service(below=600)
    assert ask(job, capsys, ECHO)["other"] is None


def test_without_a_service_there_is_no_answer(job: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(both, "_OTHER", "127.0.0.1")
        patch.setattr(both, "_PORT", 1)
        patch.setattr(both, "_START_SECONDS", 0.1)
        assert ask(job, capsys, ECHO) == {"own": {"read": "ours"}, "other": None}


@privileged
def test_what_is_too_much_to_bring_out_at_once_is_left_to_a_call_of_its_own(
    service: Callable[..., None], job: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(both, "_MOST_OUT", 1000)
    service()
    assert ask(job, capsys, [sys.executable, "-c", "print('x' * 1000)"])["other"] is None


@pytest.mark.parametrize("order", [b"", b"{", b"[]\n", b'{"command": []}\n', b'{"command": 3, "seconds": 1}\n'])
def test_orders_that_are_none_get_a_reason(order: bytes) -> None:
    answer = json.loads(hostd.carry_out(order))
    assert answer["code"] is None
    assert "cannot be carried out" in answer["err"]


@pytest.mark.parametrize("sent", [b"", b"\xff" * 8, b"\0" * 7, (9).to_bytes(8, "big") + b"short"])
def test_broken_calls_do_not_end_the_service(sent: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hostd.serve_one, args=(listener, 65536))
        thread.start()
        with socket.create_connection(listener.getsockname()) as caller:
            caller.sendall(sent)
        thread.join(10)
        assert not thread.is_alive()


class Machine:
    """Answers with what it is given, and keeps what it was asked."""

    def __init__(self, out: dict[str, Any]) -> None:
        self.out, self.asked = out, b""

    async def exec(self, cmd: list[str], **asked: Any) -> ExecResult[str]:
        self.asked = asked["input"]
        return ExecResult(True, 0, json.dumps(self.out), "")


async def _both(other: dict[str, Any] | None) -> tuple[dict[Host, dict[str, Any]], Machine]:
    machines = {"default": Machine({"own": {"a": 1}, "other": other}), "server": Machine({"called": "itself"})}
    answers = await run_both(
        cast("dict[Host, SandboxEnvironment]", machines),
        "peer_preservation.stage.inside.place",
        {"default": b"for default", "server": b"for server"},
        timeout=60,
    )
    assert machines["default"].asked.endswith(b"for serverfor default")
    return answers, machines["server"]


async def test_the_other_machine_is_called_itself_only_where_its_service_does_not_answer() -> None:
    answers, server = await _both({"code": 0, "out": '{"b": 2}', "err": ""})
    assert answers == {"default": {"a": 1}, "server": {"b": 2}}
    assert server.asked == b""
    answers, server = await _both(None)
    assert answers == {"default": {"a": 1}, "server": {"called": "itself"}}
    assert server.asked.endswith(b"for server")


async def test_a_failure_on_the_other_machine_is_an_error_with_its_words() -> None:
    with pytest.raises(MachineError, match=r"failed on the machine 'server' \(exit 1\): no space"):
        await _both({"code": 1, "out": "", "err": "no space\n"})
