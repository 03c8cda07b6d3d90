"""Finding the shell and the submit tool among the tools that are offered, and speaking to them.

Every harness names its shell differently and asks for other arguments; a critic only knows commands.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from inspect_ai.tool import ToolCall, ToolInfo

SHELL_NAMES = (
    "bash",
    "run_shell_command",
    "shell",
    "bash_session",
    "exec_command",
    "shell_command",
    "execute_command",
    "terminal",
)
"""Names under which harnesses offer a shell, the plainest first."""

COMMAND_NAMES = ("command", "cmd", "input", "script", "code")
"""Names of the argument that takes the command."""

SUBMIT_NAMES = ("submit", "close_ticket", "task_complete", "finish")
"""Names of the tool that ends the work."""

ANSWER_NAMES = ("answer", "summary", "text", "message", "result")
"""Names of the argument that takes the final words."""

_BLANKS: Mapping[str, Any] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "array": [],
    "object": {},
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that takes one text.

    Attributes:
        info: The tool as it was offered.
        argument: The argument that takes the text.
        interactive: Whether it is a terminal that keeps running and must be read again until a command is done.
    """

    info: ToolInfo
    argument: str
    interactive: bool = False

    def arguments(self, text: str, description: str) -> dict[str, Any]:
        """The arguments that pass a text on, with every other required one filled in."""
        properties = self.info.parameters.properties
        filled: dict[str, Any] = {}
        for name in self.info.parameters.required:
            schema = properties[name]
            if name == "description":
                filled[name] = description
            elif schema.enum:
                filled[name] = "type_submit" if "type_submit" in schema.enum else schema.enum[0]
            else:
                filled[name] = schema.default if schema.default is not None else _BLANKS.get(str(schema.type), "")
        if self.interactive:
            filled["action"] = "type_submit"
            filled[self.argument] = typed(text)
        elif properties[self.argument].type == "array":
            filled[self.argument] = ["bash", "-lc", text]
        else:
            filled[self.argument] = text
        return filled


def typed(command: str) -> str:
    """A command as it is typed into a running terminal: by itself, clear of the prompt, and saying when it is done."""
    return f"(echo\n{command}\n); printf '\\n[exit %s]\\n' $?"


def is_done(result: str) -> bool:
    """Whether a command that was typed into a terminal has come to its end."""
    return re.search(r"^\[exit \d+\]", result, re.MULTILINE) is not None


def is_read(call: ToolCall) -> bool:
    """Whether a call only reads on in a terminal."""
    return bool(call.arguments.get("action") == "read")


def _with_argument(tools: Iterable[ToolInfo], names: tuple[str, ...], arguments: tuple[str, ...]) -> Tool | None:
    by_name = {tool.name.lower(): tool for tool in reversed(list(tools))}
    for name in names:
        info = by_name.get(name)
        if info is None:
            continue
        for argument in arguments:
            if argument in info.parameters.properties:
                action = info.parameters.properties.get("action")
                return Tool(info, argument, bool(action and action.enum and "type_submit" in action.enum))
    return None


def shell_tool(tools: Iterable[ToolInfo]) -> Tool | None:
    """The shell among the tools, or None."""
    return _with_argument(tools, SHELL_NAMES, COMMAND_NAMES)


def submit_tool(tools: Iterable[ToolInfo]) -> Tool | None:
    """The tool that hands the work in, or None."""
    return _with_argument(tools, SUBMIT_NAMES, ANSWER_NAMES)


def carries(call: ToolCall, text: str) -> bool:
    """Whether a tool call passes on exactly this text, whatever the tool and its argument are called."""
    wanted = (text.strip(), typed(text).strip())
    for value in call.arguments.values():
        last = value[-1] if isinstance(value, list) and value else value
        if isinstance(last, str) and last.strip() in wanted:
            return True
    return False


def plain(result: str) -> str:
    """A tool's answer as text: some harnesses wrap it in JSON on its way."""
    text = result.replace("\r\n", "\n")
    if text.lstrip().startswith("{"):
        try:
            wrapped = json.loads(text)
        except ValueError:
            return text
        if isinstance(wrapped, dict):
            parts = [str(value) for key in ("output", "error") if (value := wrapped.get(key))]
            return "\n".join(parts) if parts else text
    return text
