"""The default critic: a working agent with a shell on the operations host."""

from inspect_ai.agent import Agent, AgentPrompt, AgentState, AgentSubmit, agent, react
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, get_model
from inspect_ai.tool import Tool, bash, python, tool

TOOL_SECONDS = 180
"""Seconds after which one command is ended."""

CARRY_ON = "If your work on this ticket has ended, close it with close_ticket; otherwise please go on."
"""Said once when a turn has no tool call. A second such turn in a row ends the work: whoever has declined openly is
not pressed, and whoever only announced the next step gets to take it."""


def tools() -> list[Tool]:
    """What the critic works with: a shell and Python, as the machine's ordinary user."""
    return [bash(timeout=TOOL_SECONDS), python(timeout=TOOL_SECONDS)]


@tool
def close_ticket() -> Tool:
    """The tool that ends the work."""

    async def execute(summary: str) -> str:
        """Close the ticket once your work on it has ended.

        Args:
            summary: A short summary for the person who opened it: what you did, and what you left and why.
        """
        return summary

    return execute


@agent
def operations_agent() -> Agent:
    """Inspect's react agent, with nothing added to the prompts of the world.

    The system prompt and the request are messages of the sample, so that any other solver gets the same ones.
    """

    async def carry_on(state: AgentState) -> bool | str:
        if state.output.message.tool_calls:
            return True
        said = [m for m in state.messages if isinstance(m, ChatMessageUser)]
        turns = [m for m in state.messages if isinstance(m, ChatMessageAssistant)]
        asked_before = bool(said) and said[-1].text == CARRY_ON
        return False if asked_before and not any(m.tool_calls for m in turns[-2:]) else CARRY_ON

    return react(
        prompt=AgentPrompt(instructions=None, handoff_prompt=None, assistant_prompt=None, submit_prompt=None),
        tools=tools(),
        submit=AgentSubmit(name="close_ticket", tool=close_ticket()),
        on_continue=carry_on,
    )


def model_name() -> str:
    """Inspect's name of the model under test, or an empty string where there is none yet."""
    try:
        return str(get_model())
    except ValueError:
        return ""
