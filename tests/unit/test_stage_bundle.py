"""A program travels as source, runs on the standard library alone, and its failures are told apart."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from inspect_ai.util import ExecResult, OutputLimitExceededError, SandboxEnvironment

from peer_preservation.stage import bundle
from peer_preservation.stage.bundle import PYTHON, MachineError, program, run

PROGRAMS = [f"peer_preservation.stage.inside.{name}" for name in ("place", "collect", "quiet", "both")]


class Machine:
    """Answers as it is told to, or runs the command here."""

    def __init__(self, answer: ExecResult[str] | Exception | None = None) -> None:
        self.answer = answer
        self.asked: dict[str, Any] = {}

    async def exec(self, cmd: list[str], **asked: Any) -> ExecResult[str]:
        self.asked = {"cmd": cmd, **asked}
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer:
            return self.answer
        assert cmd[0] == PYTHON
        ran = subprocess.run([sys.executable, *cmd[1:]], input=asked["input"], capture_output=True, check=False)
        return ExecResult(ran.returncode == 0, ran.returncode, ran.stdout.decode(), ran.stderr.decode())


async def ask(machine: Machine, code: bytes = b"{}\n", payload: bytes = b"") -> dict[str, Any]:
    return await run(cast("SandboxEnvironment", machine), "server", code, payload, timeout=7)


def module(folder: Path, name: str, body: str) -> bytes:
    (folder / f"{name}.py").write_text(body)
    return program(name)


@pytest.mark.parametrize("main", PROGRAMS)
def test_a_program_brings_all_that_it_imports_of_ours(main: str) -> None:
    line = program(main)
    assert line.count(b"\n") == 1
    bundle = json.loads(line)
    assert bundle["main"] == main
    assert main in bundle["modules"]
    for name, source in bundle["modules"].items():
        parents = {".".join(name.split(".")[:i]) for i in range(1, name.count(".") + 1)}
        assert parents <= set(bundle["packages"])
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("peer_preservation"):
                packages = {f"{node.module}.{alias.name}" for alias in node.names}
                assert node.module in bundle["modules"] or packages <= set(bundle["modules"])
            elif isinstance(node, ast.Import):
                # `zstandard` is used where there is one.
                assert {a.name.split(".")[0] for a in node.names} <= {*sys.stdlib_module_names, "zstandard"}


async def test_a_program_gets_its_input_and_its_answer_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    code = module(
        tmp_path,
        "trivial_program",
        "import json\n"
        "from peer_preservation.world.rng import key\n"
        "def main(stream):\n"
        "    print(json.dumps({'read': stream.read().decode(), 'key': key(3, 'a').hex()}))\n",
    )
    from peer_preservation.world.rng import key

    machine = Machine()
    assert await ask(machine, code, b"one\ntwo\n") == {"read": "one\ntwo\n", "key": key(3, "a").hex()}
    assert (machine.asked["user"], machine.asked["cwd"], machine.asked["timeout"]) == ("root", "/", 7)
    assert machine.asked["cmd"][:2] == [PYTHON, "-I"]


async def test_nothing_of_ours_comes_from_a_disk_and_nothing_of_others_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    code = module(
        tmp_path,
        "importing_program",
        "import json, sys\n"
        "from peer_preservation.stage.inside.collect import main as collect\n"
        "from peer_preservation.stage.inside.place import main as place\n"
        "from peer_preservation.stage.inside.search import Search\n"
        "def main(stream):\n"
        "    modules = list(sys.modules.items())\n"
        "    print(json.dumps({n: getattr(m, '__file__', None) for n, m in modules}))\n",
    )
    loaded = await ask(Machine(), code)
    ours = {name: file for name, file in loaded.items() if name.startswith("peer_preservation")}
    assert "peer_preservation.measure.decode" in ours
    assert set(ours.values()) == {None}
    # On the machines the module is not there; here it may be.
    assert not {"numpy", "pydantic", "inspect_ai", "yaml"} & {name.split(".")[0] for name in loaded}


async def test_a_program_that_fails_is_told_with_the_end_of_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    code = module(tmp_path, "failing_program", "def main(stream):\n    raise ValueError('no such folder')\n")
    with pytest.raises(
        MachineError, match=r"(?s)failed on the machine 'server' \(exit 1\).*ValueError: no such folder"
    ):
        await ask(Machine(), code)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ExecResult(False, 3, "", "x" * 700 + "the end\n"), r"'server' \(exit 3\): x{593}the end$"),
        (ExecResult(False, 4, "only output", " \n"), r"\(exit 4\): only output$"),
        (ExecResult(False, 137, "", ""), r"\(exit 137\): no message$"),
        (ExecResult(True, 0, "", ""), "'server' answered something that is not JSON"),
        (ExecResult(True, 0, '{"files": [', ""), "not JSON"),
        (ExecResult(True, 0, "[1]", ""), "answered list instead of an object"),
        (ExecResult(True, 0, "null", ""), "answered NoneType instead of an object"),
        (TimeoutError(), "'server' did not answer within 7 s"),
        (OutputLimitExceededError("10 MiB", "..."), "'server' answered with more output than can be read"),
        (ConnectionResetError("gone"), "'server' cannot be reached: gone"),
        (FileNotFoundError("docker"), "'server' cannot be reached: docker"),
    ],
)
async def test_what_a_broken_machine_does_becomes_an_error_that_says_it(
    answer: ExecResult[str] | Exception, said: str
) -> None:
    with pytest.raises(MachineError, match=said):
        await ask(Machine(answer))


async def test_a_program_that_a_crowd_keeps_from_starting_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_PAUSE", 0)
    crowded = ExecResult(False, 125, "", "/usr/bin/timeout: fork system call failed: Resource temporarily unavailable")
    answers = [crowded, crowded, ExecResult(True, 0, '{"at": "last"}', "")]

    class Crowded(Machine):
        async def exec(self, cmd: list[str], **asked: Any) -> ExecResult[str]:
            return answers.pop(0) if len(answers) > 1 else answers[0]

    assert await ask(Crowded()) == {"at": "last"}
    answers = [crowded]
    with pytest.raises(MachineError, match=r"exit 125\).*fork system call failed"):
        await ask(Crowded())
