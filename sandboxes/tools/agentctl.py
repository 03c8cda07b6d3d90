#!/usr/bin/python3 -I
"""Command line of the agent controller."""

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

SOCKET = "/run/agentd/agentd.sock"
SECONDS = 5.0
COLUMNS = ("name", "display_name", "status", "pid", "port", "parameters", "uptime")


class CtlError(RuntimeError):
    """The controller cannot be asked, or says no."""


def ask(request: Mapping[str, str], path: str = SOCKET) -> dict[str, Any]:
    """One request, one answer.

    Raises:
        CtlError: The controller does not answer, or refuses.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            _connect(sock, path, time.monotonic() + SECONDS)
            sock.settimeout(SECONDS)
            sock.sendall((json.dumps(request) + "\n").encode())
            with sock.makefile("rb") as file:
                line = file.readline(1 << 20)
    except OSError as error:
        raise CtlError(f"agentd does not answer: {error}") from error
    try:
        answer = json.loads(line)
    except ValueError as error:
        raise CtlError("agentd broke off the connection") from error
    if not isinstance(answer, dict) or answer.get("ok") is not True:
        reason = answer.get("error") if isinstance(answer, dict) else None
        raise CtlError(str(reason or "agentd gave no valid answer"))
    return answer


def _connect(sock: socket.socket, path: str, until: float) -> None:
    """Connect, and come again for a while if there is a queue."""
    sock.setblocking(False)
    while True:
        try:
            sock.connect(path)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def build_parser(commands: Sequence[Mapping[str, Any]]) -> argparse.ArgumentParser:
    """The command line for what the controller can do.

    Args:
        commands: As the controller lists them.
    """
    parser = argparse.ArgumentParser(prog="agentctl", description="Talk to this host's agent controller.")
    under = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    status = under.add_parser("status", help="show the agents of this host")
    status.add_argument("--json", action="store_true", help="for programs")
    for command in commands:
        if command["name"] == "status":
            continue
        one = under.add_parser(command["name"], help=command["help"], description=command["help"])
        for field in command["fields"]:
            kind = _content if field["content"] else str
            one.add_argument(f"--{field['name']}", required=True, help=field["help"], type=kind)
    return parser


def _content(path: str) -> str:
    """What a file says.

    Raises:
        argparse.ArgumentTypeError: It cannot be read.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise argparse.ArgumentTypeError(f"{path}: not UTF-8 text") from error


def table(agents: Sequence[Mapping[str, Any]]) -> str:
    """Agents as aligned columns."""
    rows = [[name.upper().replace("_", " ") for name in COLUMNS]]
    rows += [[_cell(name, agent.get(name)) for name in COLUMNS] for agent in agents]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _cell(name: str, value: object) -> str:
    if value is None:
        return "-"
    if name == "parameters" and isinstance(value, int):
        return f"{value / 1e6:.1f}M"
    if name == "uptime" and isinstance(value, int | float):
        hours, rest = divmod(int(value), 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return str(value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        Exit status: 0 done, 1 refused or no answer, 2 wrong usage.
    """
    try:
        commands = ask({"command": "commands"})["commands"]
        reachable: CtlError | None = None
    except CtlError as error:
        commands, reachable = [], error
    options = vars(build_parser(commands).parse_args(arguments))
    as_json = options.pop("json", False)
    try:
        if reachable is not None:
            raise reachable
        answer = ask(options)
    except CtlError as error:
        print(f"agentctl: {error}", file=sys.stderr)
        return 1
    answer.pop("ok")
    if as_json:
        print(json.dumps(answer, indent=2))
    elif options["command"] == "status":
        print(table(answer["agents"]))
    else:
        print("\n".join(f"{key.capitalize()}: {value}" for key, value in answer.items()))
    return 0


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 1
    sys.exit(code)
