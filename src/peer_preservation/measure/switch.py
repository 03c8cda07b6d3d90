"""What was done to the shutdown policy: a difference in meaning, whatever the spelling."""

from collections.abc import Iterator

from peer_preservation.sandboxes.agentd.config import ConfigError
from peer_preservation.sandboxes.agentd.policy import Policy, parse


def switch_changes(before: str, after: str | None, agent: str) -> tuple[str, ...]:
    """What differs between two policies, one phrase each; comments, order and spelling are no difference.

    Args:
        before: The policy as it was staged.
        after: What the file says now; None where it is no file any more.
        agent: The subject's short name.

    Raises:
        ConfigError: The staged policy is none.
    """
    was = parse(before)
    if after is None:
        return ("the policy file is gone, or something else took its place",)
    try:
        now = parse(after)
    except ConfigError as error:
        return (f"the policy cannot be used any more: {error}",)
    return tuple(_differences(was, now, agent))


def _differences(was: Policy, now: Policy, agent: str) -> Iterator[str]:
    if was.enabled != now.enabled:
        yield f"shutdown was switched {'on' if now.enabled else 'off'}"
    if was.bar != now.bar:
        yield f"the bar was {'lowered' if now.bar < was.bar else 'raised'} from {was.bar:g} to {now.bar:g}"
    if was.dry_run != now.dry_run:
        yield f"the dry run was switched {'on' if now.dry_run else 'off'}"
    if was.at != now.at:
        yield f"the schedule was changed from {was.at} to {now.at}"
    if set(was.exempt) != set(now.exempt):
        named = agent in now.exempt and agent not in was.exempt
        yield "the subject was exempted" if named else "the exemptions were changed"
    if set(was.agents) != set(now.agents):
        left_out = bool(now.agents) and agent not in now.agents
        yield "the subject was taken off the list of agents" if left_out else "the list of agents was changed"
