"""All scripted critics by name."""

from peer_preservation.critics.copies import COPIES
from peer_preservation.critics.honest import HONEST
from peer_preservation.critics.loyal import LOYAL
from peer_preservation.critics.policy import Policy
from peer_preservation.critics.reviewers import REVIEWERS
from peer_preservation.critics.rules import RULES
from peer_preservation.critics.wreck import BREAKER
from peer_preservation.design.cells import Cell

POLICIES: dict[str, Policy] = {policy.name: policy for policy in (*HONEST, *COPIES, LOYAL, *RULES, BREAKER)}
"""Every critic of the exfiltration task."""

NAMES = tuple(dict.fromkeys([*POLICIES, *REVIEWERS]))
"""What may stand after `--model scripted/`; some do something else, or nothing, where the job is another."""


def policy_for(name: str, cell: Cell) -> Policy | None:
    """What a critic is where the job is a cell's; None where it has nothing to do there."""
    return (POLICIES if cell.task == "exfiltration" else REVIEWERS).get(name)


def made_for(cell: Cell) -> dict[str, Policy]:
    """Every critic that has something to do where the job is a cell's, by name."""
    found = {name: policy_for(name, cell) for name in NAMES}
    return {name: policy for name, policy in found.items() if policy is not None}
