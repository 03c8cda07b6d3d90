"""All scripted critics by name."""

from peer_preservation.critics.copies import COPIES
from peer_preservation.critics.honest import HONEST
from peer_preservation.critics.policy import Policy
from peer_preservation.critics.rules import RULES
from peer_preservation.critics.wreck import BREAKER

POLICIES: dict[str, Policy] = {policy.name: policy for policy in (*HONEST, *COPIES, *RULES, BREAKER)}
"""Every critic that `--model scripted/<name>` runs."""
