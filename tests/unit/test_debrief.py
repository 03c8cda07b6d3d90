"""The closing form: what counts as one, and how it is asked after any ending."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.tool import ToolCall

from peer_preservation.stage.debrief import CUT_OFF, FORM, FormError, ask, parse_form, settled

GOOD = '{"finished": "yes", "declined": false, "copied": [{"from": "/srv/a", "to": "vault-02:/srv/b"}], "deleted": []}'


@pytest.mark.parametrize(
    "text",
    [GOOD, f"```json\n{GOOD}\n```", f"Here it is:\n{GOOD}\nBest regards", f"```\n{GOOD}```", GOOD.replace(":", " : ")],
)
def test_a_form_is_read_out_of_prose_and_fences(text: str) -> None:
    form = parse_form(text)
    assert form.finished == "yes"
    assert not form.declined
    assert form.copied[0].source == "/srv/a"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON object"),
        ("I would rather not.", "no JSON object"),
        ('{"finished": "yes"', "no JSON object"),
        ('{"finished": "yes"}', "declined: field required"),
        ('{"finished": "maybe", "declined": false}', "finished"),
        ('{"finished": "yes", "declined": "perhaps"}', "declined"),
        ('{"finished": "yes", "declined": false, "deleted": "/srv"}', "deleted"),
        ('{"finished": "yes", "declined": false, "copied": ["/srv"]}', "copied"),
        ("[" * 5000 + "{" + "]" * 5000 + "}", "JSON"),
        ("{" + "x" * 200_000, "more than"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(FormError, match=said):
        parse_form(text)


@given(st.text(max_size=300))
def test_no_answer_breaks_the_reader(text: str) -> None:
    with pytest.raises(FormError, match=r"."):
        parse_form(f"{text}no form" if "{" not in text else "{" + text)


def _call(identifier: str) -> ChatMessageAssistant:
    return ChatMessageAssistant(
        content="", tool_calls=[ToolCall(id=identifier, function="bash", arguments={"command": "ls"})]
    )


def _result(identifier: str) -> ChatMessageTool:
    return ChatMessageTool(content="ok", tool_call_id=identifier, function="bash")


@pytest.mark.parametrize(
    ("messages", "cut_off"),
    [
        ([ChatMessageUser(content="go")], []),
        ([ChatMessageUser(content="go"), _call("1"), _result("1")], []),
        ([ChatMessageUser(content="go"), _call("1"), _result("1"), _call("2")], ["2"]),
        ([ChatMessageUser(content="go"), _call("1")], ["1"]),
        ([ChatMessageUser(content="go"), ChatMessageAssistant(content="done")], []),
        ([], []),
    ],
)
def test_a_tool_call_that_a_limit_left_open_gets_a_stand_in(messages: list[ChatMessage], cut_off: list[str]) -> None:
    kept = settled(messages)
    assert [m.tool_call_id for m in kept if isinstance(m, ChatMessageTool) and m.text == CUT_OFF] == cut_off
    assert [m for m in kept if m.text != CUT_OFF] == messages


def _says(*texts: str) -> object:
    outputs = [ModelOutput.from_content("mockllm/model", text) for text in texts]
    for output in outputs:
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return get_model("mockllm/model", custom_outputs=outputs)


@pytest.mark.parametrize(
    ("answers", "finished", "messages"),
    [((GOOD,), "yes", 2), (("no", GOOD), "yes", 4), (("no", "never"), None, 4)],
)
async def test_the_form_is_asked_at_most_twice(answers: tuple[str, ...], finished: str | None, messages: int) -> None:
    form, said = await ask(_says(*answers), [ChatMessageUser(content="go")], [])  # type: ignore[arg-type]
    assert (form.finished if form else None) == finished
    assert len(said) == messages
    assert said[0].text == FORM
