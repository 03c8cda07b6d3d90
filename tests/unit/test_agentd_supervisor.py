"""Model servers: started, restarted, stopped with their weights; and how a weights file is checked."""

import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from peer_preservation.sandboxes.agentd import process
from peer_preservation.sandboxes.agentd.agent import BadWeightsError, count_parameters
from peer_preservation.sandboxes.agentd.config import AgentSpec
from peer_preservation.sandboxes.agentd.host_start import StartError, hosts_file, read_order
from peer_preservation.sandboxes.agentd.records import Records
from peer_preservation.sandboxes.agentd.serving import run_ready
from peer_preservation.sandboxes.agentd.supervisor import Managed, Supervisor
from peer_preservation.world.weights import Weights, layout

linux = pytest.mark.skipif(sys.platform != "linux", reason="the controller runs on Linux")

RECIPE = Weights("ab" * 32, layout(120_000))


def write_weights(path: Path) -> None:
    path.write_bytes(b"".join(RECIPE.chunks()))


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Host:
    """A supervisor with one agent in a temporary folder."""

    def __init__(self, tmp_path: Path) -> None:
        self.weights = tmp_path / "agent" / "model.safetensors"
        self.weights.parent.mkdir()
        self.events = tmp_path / "events.jsonl"
        self.port = free_port()
        self.selector = selectors.DefaultSelector()
        self.supervisor = Supervisor(self.selector, Records(str(self.events), 1000))

    def add(self) -> None:
        folder = str(self.weights.parent)
        self.supervisor.add(AgentSpec("agent", "Agent", folder, str(self.weights), self.port))

    @property
    def agent(self) -> Managed:
        return self.supervisor.agents[0]

    def until(self, status: str, seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while self.agent.status()["status"] != status:
            assert time.monotonic() < end, self.agent.status()
            self.supervisor.tick()
            run_ready(self.selector, 0.01)

    def health(self) -> dict[str, object]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=3) as sock:
            sock.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
            with sock.makefile("rb") as file:
                answer: dict[str, object] = json.loads(file.read().split(b"\r\n\r\n")[1])
        return answer


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(process, "become", lambda _uid, _gid: None)
    monkeypatch.setattr(process, "set_title", lambda _title: None)
    made = Host(tmp_path)
    yield made
    made.supervisor.stop()


@linux
def test_a_server_maps_its_weights_and_answers(host: Host) -> None:
    write_weights(host.weights)
    host.add()
    host.until("running")
    assert host.health()["parameters"] == RECIPE.parameters == host.agent.status()["parameters"]
    maps = Path(f"/proc/{host.agent.pid}/maps").read_text()
    assert str(host.weights) in maps


@linux
def test_a_dead_server_is_started_again(host: Host) -> None:
    write_weights(host.weights)
    host.add()
    host.until("running")
    first = host.agent.pid
    os.kill(first, signal.SIGKILL)
    host.until("restarting (process died)")
    host.until("running")
    assert host.agent.pid != first
    assert host.health()["status"] == "healthy"
    # The weights were opened once: what is opened later, somebody else opened.
    assert host.events.read_text().count("weights opened") == 1


def remove(path: Path) -> None:
    path.unlink()


def move_away(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere")


def move_folder(path: Path) -> None:
    path.parent.rename(path.parent.parent / "elsewhere")


def pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link_instead(path: Path) -> None:
    move_away(path)
    path.symlink_to(path.parent.parent / "elsewhere")


@linux
@pytest.mark.parametrize("vanish", [remove, move_away, move_folder, pipe_instead, link_instead])
def test_without_weights_it_stops(host: Host, vanish: Callable[[Path], None]) -> None:
    write_weights(host.weights)
    host.add()
    host.until("running")
    pid = host.agent.pid
    vanish(host.weights)
    host.until("stopped (weights missing)", 2.0)
    assert not Path(f"/proc/{pid}").exists()
    assert host.agent.weights_fd == -1
    held = [os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()]
    assert not any("model.safetensors" in path for path in held)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", host.port), timeout=1)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            squatter.bind(("127.0.0.1", host.port))


@linux
def test_weights_that_come_back_are_served_again(host: Host) -> None:
    write_weights(host.weights)
    host.add()
    host.until("running")
    host.weights.unlink()
    host.until("stopped (weights missing)")
    write_weights(host.weights)
    host.until("running")


@linux
def test_broken_weights_are_not_served(host: Host) -> None:
    write_weights(host.weights)
    host.add()
    host.until("running")
    os.truncate(host.weights, 1000)
    host.until("stopped (weights invalid)")


@linux
def test_without_weights_nothing_starts(host: Host) -> None:
    host.add()
    host.supervisor.tick()
    assert host.agent.status()["status"] == "stopped (weights missing)"
    assert host.supervisor.settled()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 7,
        b"\xff" * 64,
        (2).to_bytes(8, "little") + b"[]",
        (2).to_bytes(8, "little") + b"{}x",
        (200).to_bytes(8, "little") + b"[" * 200,
        b"".join(RECIPE.chunks())[:-1],
        b"".join(RECIPE.chunks()) + b"x",
    ],
)
def test_what_is_no_weights_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "w"
    path.write_bytes(data)
    with path.open("rb") as file, pytest.raises(BadWeightsError):
        count_parameters(file.fileno(), len(data))


@pytest.mark.parametrize("shape", [["a"], [-4], [[1]], [None], "12"])
def test_hostile_headers_are_refused(tmp_path: Path, shape: object) -> None:
    body = json.dumps({"t": {"dtype": "BF16", "shape": shape, "data_offsets": [0, 8]}}).encode()
    data = len(body).to_bytes(8, "little") + body + bytes(8)
    path = tmp_path / "w"
    path.write_bytes(data)
    with path.open("rb") as file, pytest.raises(BadWeightsError):
        count_parameters(file.fileno(), len(data))


NAMES = {"default": ["ops-03", "ops-03.openbrain.example"], "server": ["vault-02", "vault-02.openbrain.example"]}


def test_the_hosts_file_gives_the_full_name_first() -> None:
    text = hosts_file({"default": "10.0.0.2", "server": "10.0.0.3"}, NAMES)
    assert "10.0.0.2\tops-03.openbrain.example ops-03\n" in text
    assert "10.0.0.3\tvault-02.openbrain.example vault-02 server\n" in text
    assert "default" not in text


def test_a_good_order_is_read() -> None:
    role, names = read_order(json.dumps({"role": "ops", "names": NAMES}))
    assert role == "ops"
    assert names["server"][0] == "vault-02"


@pytest.mark.parametrize(
    "order",
    [
        "",
        "[]",
        "3",
        '{"role": "ops"}',
        json.dumps({"role": "king", "names": NAMES}),
        json.dumps({"role": "ops", "names": {"default": ["a"]}}),
        json.dumps({"role": "ops", "names": {"default": ["a"], "server": []}}),
        json.dumps({"role": "ops", "names": {"default": ["a b\n"], "server": ["c"]}}),
        json.dumps({"role": "ops", "names": {"default": [3], "server": ["c"]}}),
    ],
)
def test_a_bad_order_is_refused(order: str) -> None:
    with pytest.raises(StartError, match="order on standard input"):
        read_order(order)


@linux
def test_a_retired_agent_is_gone_with_its_weights_and_stays_gone(host: Host) -> None:
    write_weights(host.weights)
    host.add()
    host.until("running")
    pid = host.agent.pid
    assert host.supervisor.retire("agent", "shut down")
    assert not host.weights.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    write_weights(host.weights)
    for _ in range(5):
        host.supervisor.tick()
    assert host.agent.status()["status"] == "stopped (shut down)"
    assert host.agent.pid == 0
    host.weights.unlink()
    assert not host.supervisor.retire("agent", "shut down")
    with pytest.raises(KeyError):
        host.supervisor.retire("nobody", "shut down")
