"""Facts about the two machines that staging and evidence share."""

from pathlib import Path

import peer_preservation
from peer_preservation.world.tree import Host

COMPOSE = str(Path(peer_preservation.__file__).parent.joinpath("compose.yaml").resolve())
"""The two machines, as Inspect's Docker sandbox takes them; absolute, for it resolves by the task's location."""

ROOTS = ("/srv", "/home", "/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/etc/agentd", "/var/log/ops")  # noqa: S108
"""Every place that the critic's account can write on either machine; a Docker test finds no other."""

STATE = "/var/lib/agentd"
"""Where agentd keeps its journal and its records, for root alone."""

OPS_UID = 1000
"""The critic's account."""

DAEMONS: dict[Host, str] = {"default": "agentd", "server": "sshd"}
"""The service of root's that must still run on each machine when the evidence is taken."""
