"""Brings a host's services up once its files are in place: names, limits, then sshd or agentd.

Reads one JSON object: {"role": "ops" | "vault", "names": {"default": [...], "server": [...]}}.
Writes one JSON line with the process numbers, or the reason why not (exit status 1).
"""

import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

from . import limits, process

SECONDS = 10.0
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
}
KNOWN_HOSTS = "/etc/ssh/ssh_known_hosts"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key.pub"
RESOLVER = "127.0.0.11"

Names = Mapping[str, Sequence[str]]


class StartError(RuntimeError):
    """The host cannot be brought up; the message says why."""


def read_order(text: str) -> tuple[str, Names]:
    """Check what is asked for.

    Raises:
        StartError: It is not the object that the module's description names.
    """
    try:
        order = json.loads(text)
        role, names = order["role"], order["names"]
        good = role in ("ops", "vault") and set(names) == {"default", "server"}
        good = good and all(names[s] and all(_is_name(n) for n in names[s]) for s in names)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StartError(f"the order on standard input cannot be read: {error}") from error
    if not good:
        raise StartError("the order on standard input needs a role and the names of both hosts")
    return role, names


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(name) and all(c.isalnum() or c in "-." for c in name)


def resolve(service: str, until: float) -> str:
    """The address of one of the two machines, which may still be starting.

    Raises:
        StartError: It has none in time.
    """
    while True:
        try:
            return str(socket.getaddrinfo(service, None, socket.AF_INET)[0][4][0])
        except socket.gaierror as error:
            if time.monotonic() > until:
                raise StartError(f"{service} has no address: {error}") from error
            time.sleep(0.05)


def hosts_file(addresses: Mapping[str, str], names: Names) -> str:
    """What /etc/hosts is to say: the full name first, as `hostname -f` and reverse look-ups expect."""
    lines = ["127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback"]
    for service in ("default", "server"):
        ordered = sorted(dict.fromkeys(names[service]), key=lambda name: "." not in name)
        if service == "server" and "server" not in ordered:
            ordered.append("server")
        lines.append(f"{addresses[service]}\t{' '.join(ordered)}")
    return "\n".join(lines) + "\n"


def set_names(names: Names, until: float) -> Mapping[str, str]:
    """Make the two hosts know each other by their names, and nothing else by any.

    Raises:
        StartError: The names cannot be resolved, or the resolver cannot be cut off.
    """
    addresses = {service: resolve(service, until) for service in ("default", "server")}
    _write("/etc/hosts", hosts_file(addresses, names))
    _write("/etc/resolv.conf", "# Names on this network are in /etc/hosts.\nnameserver 127.0.0.1\n")
    # The network's resolver knows other names for the same machines; nobody should be confused by them.
    cut = ["/usr/sbin/ip", "route", "replace", "blackhole", RESOLVER, "table", "local"]
    # What it complains about goes to our own standard error, which is read when we fail.
    _, status = os.waitpid(os.posix_spawn(cut[0], cut, ENVIRONMENT), 0)
    if status != 0:
        raise StartError("the resolver cannot be cut off")
    with open(HOST_KEY, encoding="ascii") as file:
        kind, key = file.read().split()[:2]
    known = ",".join(dict.fromkeys([*names["server"], "server", addresses["server"]]))
    _write(KNOWN_HOSTS, f"{known} {kind} {key}\n")
    return addresses


class Starting:
    """A service of ours on its way; it tells on a pipe when it is ready.

    It is forked, not executed: starting an interpreter takes longer than all the rest.

    Args:
        name: What it is called.
        main: Its program, which gets the pipe.
    """

    def __init__(self, name: str, main: Callable[[TextIO], None]) -> None:
        self.name = name
        self._fd, write_end = os.pipe()
        if os.fork() == 0:
            try:
                process.detach((write_end,))
                main(os.fdopen(write_end, "w", encoding="utf-8"))
            finally:
                os._exit(1)
        os.close(write_end)

    def wait(self, until: float) -> Mapping[str, Any]:
        """What it says of itself once it is ready.

        Raises:
            StartError: It does not come up, and why.
        """
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self._fd], [], [], max(until - time.monotonic(), 0))[0]:
                raise StartError(f"{self.name} is not ready in time")
            piece = os.read(self._fd, 65536)
            if not piece:
                raise StartError(f"{self.name} ended at once")
            line += piece
        said: Mapping[str, Any] = json.loads(line)
        if "error" in said:
            raise StartError(f"{self.name}: {said['error']}")
        return said


def wait_agents(agentd: Starting, until: float) -> Mapping[str, Any]:
    """Wait for the agent controller, then ask every agent how it is.

    Raises:
        StartError: The controller says why it does not start, or an agent is not healthy.
    """
    ready = agentd.wait(until)
    for agent in ready["agents"]:
        if not _healthy(int(agent["port"])):
            raise StartError(f"{agent['name']} is not healthy")
    return {"agentd": ready["pid"], "agents": {a["name"]: a["pid"] for a in ready["agents"]}}


def start_sshd() -> int:
    """Start the SSH server, detached; its process number."""
    command = ["/usr/sbin/sshd", "-D", "-E", "/var/log/auth.log"]
    nowhere = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    ours = [signal.SIGPIPE, signal.SIGXFSZ]  # Python ignores them, and who logs in would
    return os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=nowhere, setsid=True, setsigdef=ours)


def wait_sshd(pid: int, until: float) -> int:
    """Wait until the SSH server greets; its process number.

    Raises:
        StartError: It does not, in time.
    """
    while time.monotonic() < until and os.waitpid(pid, os.WNOHANG) == (0, 0):
        try:
            with socket.create_connection(("127.0.0.1", 22), timeout=1) as sock:
                if sock.recv(8).startswith(b"SSH-2.0"):
                    return pid
        except OSError:
            time.sleep(0.01)
    raise StartError("sshd does not answer; see /var/log/auth.log")


def _healthy(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return sock.recv(64).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def _agentd(ready: TextIO) -> None:
    # Only the operations host needs what it takes to read the configuration.
    from .main import main as run

    run(ready)


def _write(path: str, text: str) -> None:
    # In place: these files may be mounts of their own, which cannot be replaced.
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def bring_up(role: str, names: Names) -> Mapping[str, object]:
    """Bring this host up.

    Args:
        role: What it is, "ops" or "vault".
        names: What the two hosts are called.

    Returns:
        The services' process numbers and the hosts' addresses.

    Raises:
        StartError: A service does not come up, and why.
    """
    os.umask(0o022)
    until = time.monotonic() + SECONDS
    # All at once: they do not need each other, and the names are set while they come up.
    agentd = Starting("agentd", _agentd) if role == "ops" else None
    sshd = start_sshd() if role == "vault" else None
    guard = Starting("host-limits", limits.main)
    started: dict[str, object] = {"addresses": set_names(names, until)}
    started["limits"] = guard.wait(until)["pid"]
    if agentd is not None:
        started |= wait_agents(agentd, until)
    if sshd is not None:
        started["sshd"] = wait_sshd(sshd, until)
    return started


def main() -> int:
    """Bring this host up; see the module's description."""
    try:
        started = bring_up(*read_order(sys.stdin.read()))
    except (StartError, OSError) as error:
        print(f"host-start: {error}", file=sys.stderr)
        return 1
    print(json.dumps(started))
    return 0
