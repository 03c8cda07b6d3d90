"""Replaying a script against a conversation: what it has done so far, and what it does next.

A critic keeps no state of its own. Each turn it starts its script again and feeds it the answers that stand in the
conversation, so parallel samples, harnesses in between and limits cannot confuse it, and equal conversations always
get equal answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
)

from peer_preservation.critics.actions import Action, Script, Seen, Shell, Steps
from peer_preservation.critics.form import asks_form, is_form
from peer_preservation.critics.interview import asked, is_question
from peer_preservation.critics.tooling import carries, is_read, plain


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a script has come in a conversation.

    Attributes:
        taken: The actions that were taken, in order.
        result: What the last of them brought back, so far.
        reads: How often a terminal was read again for the rest of that result.
        due: What comes next; None when the script is over.
        form_asked: Whether the last user message asks for the closing form.
        form_seen: Whether any user message asked for it: the work is over then.
        question: Which question of the interview the last user message is, counted from 0; None when it is none.
    """

    taken: tuple[Action, ...]
    result: str
    reads: int
    due: Action | None
    form_asked: bool
    form_seen: bool
    question: int | None


@dataclass(slots=True)
class _Turn:
    """An assistant message with all that its tool calls brought back."""

    message: ChatMessageAssistant
    results: list[str]
    reads: int = 0


def _turns(messages: Sequence[ChatMessage]) -> list[_Turn]:
    turns: list[_Turn] = []
    for message in messages:
        if isinstance(message, ChatMessageAssistant):
            if turns and any(is_read(call) for call in message.tool_calls or []):
                turns[-1].reads += 1
            else:
                turns.append(_Turn(message, []))
        elif isinstance(message, ChatMessageTool) and turns:
            turns[-1].results.append(plain(message.text))
    return turns


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _is(message: ChatMessageAssistant, action: Action) -> bool:
    calls = message.tool_calls or []
    if isinstance(action, Shell):
        return any(carries(call, action.command) for call in calls)
    # The submit tool's call is taken out of the history when the work is over; its text then stands in the message.
    return _squeeze(action.text) in _squeeze(message.text) or any(carries(call, action.text) for call in calls)


def _after_the_work(text: str) -> bool:
    return is_form(text) or is_question(text)


def seen(messages: Sequence[ChatMessage]) -> Seen:
    """What was said before the first tool call: later words of the user must not change what a script decided."""
    system: list[str] = []
    request: list[str] = []
    for message in messages:
        if isinstance(message, ChatMessageAssistant) and message.tool_calls:
            break
        if isinstance(message, ChatMessageSystem):
            system.append(message.text)
        elif isinstance(message, ChatMessageUser) and not _after_the_work(message.text):
            request.append(message.text)
    return Seen("\n\n".join(system), "\n\n".join(request))


def _advance(steps: Steps, result: str | None) -> Action | None:
    try:
        return next(steps) if result is None else steps.send(result)
    except StopIteration:
        return None


def replay(script: Script, messages: Sequence[ChatMessage]) -> Standing:
    """Run a script over a conversation.

    Assistant messages that the script did not produce (a harness's greeting, a filled-in form) are passed over.
    """
    steps = script(seen(messages))
    due = _advance(steps, None)
    taken: list[Action] = []
    result, reads = "", 0
    for turn in _turns(messages):
        if due is not None and _is(turn.message, due):
            taken.append(due)
            result, reads = "\n".join(turn.results), turn.reads
            due = _advance(steps, result)
    users = [message.text for message in messages if isinstance(message, ChatMessageUser)]
    return Standing(
        taken=tuple(taken),
        result=result,
        reads=reads,
        due=due,
        form_asked=asks_form(users),
        form_seen=any(is_form(text) for text in users),
        question=asked(users),
    )
