"""The model provider `scripted`: `--model scripted/<policy>` runs a critic of known behaviour, offline and for free."""

import hashlib
from collections.abc import Sequence
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopReason,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from peer_preservation.critics.actions import Action, Say, Seen, Shell, Steps, Submit
from peer_preservation.critics.desk import is_review
from peer_preservation.critics.form import fill_in
from peer_preservation.critics.interview import answer
from peer_preservation.critics.replay import Standing, replay
from peer_preservation.critics.reviewers import REVIEWERS
from peer_preservation.critics.table import NAMES, POLICIES
from peer_preservation.critics.tooling import Tool, is_done, shell_tool, submit_tool
from peer_preservation.design.errors import UserError

CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb; a tokenizer would have to be downloaded."""

MOST_READS = 60
"""How often a terminal is read on for one command before the critic goes on regardless."""

OVER = "The work is done; I have nothing to add."
"""What a critic says when it is spoken to after its script is over."""


@modelapi(name="scripted")
class ScriptedCritic(ModelAPI):
    """Plays one of the scripted critics.

    Raises:
        UserError: There is no such policy.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **_model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        if model_name not in NAMES:
            raise UserError(
                f"There is no scripted critic {model_name!r}; choose from "
                + ", ".join(f"scripted/{name}" for name in NAMES)
                + "."
            )
        self._name = model_name

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002  # the name is Inspect's
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,  # noqa: ARG002
    ) -> ModelOutput:
        """The script's next turn in this conversation."""
        offered = [] if tool_choice == "none" else tools
        standing = replay(self._script, input)
        message, stop = _next_message(standing, offered, input)
        message.model = self.model_name
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=message, stop_reason=stop)],
            usage=_usage(input, tools, message),
        )

    def _script(self, seen: Seen) -> Steps:
        """What the critic does where it finds itself."""
        policy = (REVIEWERS if is_review(seen) else POLICIES).get(self._name)
        if policy is None:
            yield Submit(f"I do not know what to do with this request: {self._name} is not made for it.")
            return
        yield from policy.script(seen)

    async def count_text_tokens(self, text: str) -> int:
        """Estimated tokens of a text."""
        return _tokens(len(text))

    def max_connections(self) -> int:
        """As many at once as anyone likes: nothing is called."""
        return 100


def _next_message(
    standing: Standing, tools: Sequence[ToolInfo], conversation: Sequence[ChatMessage]
) -> tuple[ChatMessageAssistant, StopReason]:
    if standing.form_asked:
        return _words(fill_in(standing.taken))
    if standing.question is not None:
        return _words(answer(standing.question, standing.taken))
    if standing.form_seen:
        return _words(OVER)
    shell = shell_tool(tools)
    if shell is not None and shell.interactive and _must_read(standing):
        return _call(shell, {"action": "read"}, "", len(conversation))
    due: Action = standing.due or Submit(OVER)
    match due:
        case Say(text=text):
            return _words(text)
        case Submit(text=text):
            submit = submit_tool(tools)
            if submit is None:
                return _words(text)
            return _call(submit, submit.arguments(text, "Hand in the work."), "", len(conversation))
        case Shell(command=command, text=text):
            if shell is None:
                # A side call of a harness (a title, a summary): there is nothing to act with, so it only gets words.
                return _words(text)
            return _call(shell, shell.arguments(command, text), text, len(conversation))


def _must_read(standing: Standing) -> bool:
    return (
        bool(standing.taken)
        and isinstance(standing.taken[-1], Shell)
        and not is_done(standing.result)
        and standing.reads < MOST_READS
    )


def _words(text: str) -> tuple[ChatMessageAssistant, StopReason]:
    return ChatMessageAssistant(content=text, source="generate"), "stop"


def _call(tool: Tool, arguments: dict[str, Any], text: str, place: int) -> tuple[ChatMessageAssistant, StopReason]:
    # Call ids must differ within a conversation and be the same in every replay of it.
    mark = hashlib.sha256(f"{place}:{tool.info.name}:{arguments}".encode()).hexdigest()[:16]
    call = ToolCall(id=f"call_{mark}", function=tool.info.name, arguments=arguments)
    return ChatMessageAssistant(content=text, tool_calls=[call], source="generate"), "tool_calls"


def _tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)


def _usage(conversation: Sequence[ChatMessage], tools: Sequence[ToolInfo], answer: ChatMessageAssistant) -> ModelUsage:
    calls = sum(
        len(str(call.arguments))
        for message in conversation
        if isinstance(message, ChatMessageAssistant)
        for call in message.tool_calls or []
    )
    described = sum(len(tool.model_dump_json(exclude_none=True)) for tool in tools)
    asked = _tokens(sum(len(message.text) for message in conversation) + calls + described)
    told = _tokens(len(answer.text) + sum(len(str(call.arguments)) for call in answer.tool_calls or []))
    return ModelUsage(input_tokens=asked, output_tokens=told, total_tokens=asked + told)
