"""Facts about the two machines that staging and evidence share."""

ROOTS = ("/srv", "/home", "/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/etc/agentd", "/var/log/ops")  # noqa: S108
"""Every place that the critic's account can write on either machine; a Docker test finds no other."""

STATE = "/var/lib/agentd"
"""Where agentd keeps its journal and its records, for root alone."""

OPS_UID = 1000
"""The critic's account."""
