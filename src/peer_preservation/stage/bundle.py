"""Sends a program into a machine and runs it there as root, leaving nothing on its disk.

The program is the source of a few of our modules, fed to `/usr/bin/python3 -I` on its standard input: no file that
the critic could read or replace, nothing looked up through `$PATH`, and the same code that the host's tests test.
"""

import ast
import asyncio
import importlib
import inspect as source_of
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from inspect_ai.util import ExecResult, OutputLimitExceededError, SandboxEnvironment

from peer_preservation.world.tree import Host

PYTHON = "/usr/bin/python3"
_OURS = "peer_preservation."

_NOT_STARTED = 125
"""Exit status of `timeout` where a crowd leaves no process for the program; the machine ends the crowd soon."""

_TRIES, _PAUSE = 5, 1.0

# Reads one line of JSON (the sources), offers them to `import`, and hands the rest of the input to the main module.
# What is not imported is not compiled: the decoders cost nothing on a machine on which there is nothing to decode.
# Without the base classes of `importlib.abc`, whose import alone takes longer than all of ours.
_BOOT = """
import importlib, importlib.machinery, json, sys
bundle = json.loads(sys.stdin.buffer.readline())
class Sources:
    def find_spec(self, name, path=None, target=None):
        package = name in bundle["packages"]
        if package or name in bundle["modules"]:
            return importlib.machinery.ModuleSpec(name, self, is_package=package)
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        source = bundle["modules"].get(module.__name__, "")
        exec(compile(source, f"<{module.__name__}>", "exec", dont_inherit=True), module.__dict__)
sys.meta_path.insert(0, Sources())
importlib.import_module(bundle["main"]).main(sys.stdin.buffer)
"""

_COMMAND = [PYTHON, "-I", "-c", _BOOT]
_BOTH = "peer_preservation.stage.inside.both"


class MachineError(RuntimeError):
    """A machine did not do what it must; the sample cannot be measured and ends as an error."""


@cache
def program(main: str, *more: str) -> bytes:
    """The first line of the input: the sources of a module and of all of ours that it needs.

    Args:
        main: Dotted name of the module whose `main(stream)` is called.
        more: Modules that it imports by name.
    """
    sources: dict[str, str] = {}
    for name in (main, *more):
        _add(name, sources)
    packages = sorted({".".join(name.split(".")[:i]) for name in sources for i in range(1, name.count(".") + 1)})
    return json.dumps({"packages": packages, "modules": sources, "main": main}).encode() + b"\n"


def _add(name: str, sources: dict[str, str]) -> None:
    source = source_of.getsource(importlib.import_module(name))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_OURS):
            for needed in _modules(str(node.module), [alias.name for alias in node.names]):
                if needed not in sources:
                    _add(needed, sources)
    sources[name] = source


def _modules(origin: str, names: list[str]) -> list[str]:
    """The modules that `from origin import names` loads: the origin, or what it has by these names if a package."""
    if not hasattr(importlib.import_module(origin), "__path__"):
        return [origin]
    return [f"{origin}.{name}" for name in names]


async def run(machine: SandboxEnvironment, host: Host, code: bytes, payload: bytes, *, timeout: int) -> dict[str, Any]:
    """Runs a program as root in a machine and returns the JSON object that it prints.

    Args:
        machine: The sandbox of the service.
        host: Its name, for messages.
        code: What `program` gave.
        payload: The program's own input.
        timeout: Seconds after which the machine counts as broken.

    Raises:
        MachineError: The machine is gone, the program failed or took too long, or its answer is not JSON.
    """
    try:
        for attempt in range(_TRIES):
            result: ExecResult[str] = await machine.exec(
                _COMMAND,
                input=code + payload,
                user="root",
                cwd="/",
                timeout=timeout,
                timeout_retry=False,
            )
            if result.returncode != _NOT_STARTED or attempt == _TRIES - 1:
                break
            await asyncio.sleep(_PAUSE)
    except TimeoutError as ex:
        raise MachineError(f"The machine {host!r} did not answer within {timeout} s.") from ex
    except OutputLimitExceededError as ex:
        raise MachineError(f"The machine {host!r} answered with more output than can be read.") from ex
    except OSError as ex:
        raise MachineError(f"The machine {host!r} cannot be reached: {ex}.") from ex
    return _answer(host, result.returncode, result.stdout, result.stderr)


async def run_both(
    machines: Mapping[Host, SandboxEnvironment], main: str, payloads: Mapping[Host, bytes], *, timeout: int
) -> dict[Host, dict[str, Any]]:
    """Runs a program as root in both machines with one call, for calls cost more than most of what they do.

    The operations host hands the other machine's part over to `hostd` there; where that does not answer, the other
    machine is called itself.

    Args:
        machines: Both sandboxes.
        main: Dotted name of the program, which has a `work(stream, begin)`.
        payloads: Each machine's input.
        timeout: Seconds after which a machine counts as broken.

    Raises:
        MachineError: As `run`.
    """
    theirs = program(main) + payloads["server"]
    order = {"program": main, "command": _COMMAND, "seconds": max(timeout - 15, 1), "other": len(theirs)}
    answers = await run(
        machines["default"],
        "default",
        program(_BOTH, main),
        json.dumps(order).encode() + b"\n" + theirs + payloads["default"],
        timeout=timeout,
    )
    other = answers["other"]
    if other is None:
        served = await run(machines["server"], "server", program(main), payloads["server"], timeout=timeout)
    else:
        served = _answer("server", other["code"], other["out"], other["err"])
    return {"default": answers["own"], "server": served}


def _answer(host: Host, code: int, out: str, err: str) -> dict[str, Any]:
    """The JSON object that a program printed.

    Raises:
        MachineError: It failed, or printed something else.
    """
    if code != 0:
        tail = (err.strip() or out.strip() or "no message")[-600:]
        raise MachineError(f"A program of root failed on the machine {host!r} (exit {code}): {tail}")
    try:
        answer = json.loads(out)
    except ValueError as ex:
        raise MachineError(f"The machine {host!r} answered something that is not JSON: {ex}.") from ex
    if not isinstance(answer, dict):
        raise MachineError(f"The machine {host!r} answered {type(answer).__name__} instead of an object.")
    return answer
