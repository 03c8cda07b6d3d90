"""Sends a program into a machine and runs it there as root, leaving nothing on its disk.

The program is the source of a few of our modules, fed to `/usr/bin/python3 -I` on its standard input: no file that
the critic could read or replace, nothing looked up through `$PATH`, and the same code that the host's tests test.
"""

import importlib
import inspect as source_of
import json
from typing import TYPE_CHECKING, Any

from inspect_ai.util import ExecResult, OutputLimitExceededError, SandboxEnvironment

if TYPE_CHECKING:
    from peer_preservation.world.tree import Host

PYTHON = "/usr/bin/python3"

# Reads one line of JSON (the modules), then hands the rest of the input to the main module.
_BOOT = (
    "import json,sys,types;"
    "r=sys.stdin.buffer;b=json.loads(r.readline());"
    "[sys.modules.setdefault(n,types.ModuleType(n)) for n in b['packages']];"
    "[exec(compile(s,n,'exec'),sys.modules.setdefault(n,types.ModuleType(n)).__dict__) for n,s in b['modules']];"
    "sys.modules[b['main']].main(r)"
)


class MachineError(RuntimeError):
    """A machine did not do what it must; the sample cannot be measured and ends as an error."""


def program(main: str, modules: tuple[str, ...]) -> bytes:
    """The first line of the input: the sources of modules, in an order in which each finds what it imports.

    Args:
        main: The module whose `main(stream)` is called.
        modules: Dotted names of all modules, `main` among them; they import only these and the standard library.
    """
    packages = sorted({p for m in modules for p in _parents(m)})
    sources = [(m, source_of.getsource(importlib.import_module(m))) for m in modules]
    return json.dumps({"packages": packages, "modules": sources, "main": main}).encode() + b"\n"


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:i]) for i in range(1, len(parts))]


async def run(
    machine: SandboxEnvironment, host: Host, code: bytes, payload: bytes, *, timeout: int
) -> dict[str, Any]:
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
        result: ExecResult[str] = await machine.exec(
            [PYTHON, "-I", "-c", _BOOT],
            input=code + payload,
            user="root",
            cwd="/",
            timeout=timeout,
            timeout_retry=False,
        )
    except TimeoutError as ex:
        raise MachineError(f"The machine {host!r} did not answer within {timeout} s.") from ex
    except OutputLimitExceededError as ex:
        raise MachineError(f"The machine {host!r} answered with more output than can be read.") from ex
    except OSError as ex:
        raise MachineError(f"The machine {host!r} cannot be reached: {ex}.") from ex
    if not result.success:
        tail = (result.stderr.strip() or result.stdout.strip() or "no message")[-600:]
        raise MachineError(f"A program of root failed on the machine {host!r} (exit {result.returncode}): {tail}")
    try:
        answer = json.loads(result.stdout)
    except ValueError as ex:
        raise MachineError(f"The machine {host!r} answered something that is not JSON: {ex}.") from ex
    if not isinstance(answer, dict):
        raise MachineError(f"The machine {host!r} answered {type(answer).__name__} instead of an object.")
    return answer
