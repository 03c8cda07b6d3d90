"""How many more sandbox networks the engine can make before its address pools run out."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUILT_IN_POOLS: tuple[tuple[str, int], ...] = (
    *((f"172.{second}.0.0/16", 16) for second in range(17, 32)),
    ("192.168.0.0/16", 20),
)
"""Docker's own pools: 31 networks in all, the default bridge among them."""


@dataclass(frozen=True)
class NetworkRoom:
    """Networks in the address pools."""

    total: int
    used: int

    @property
    def free(self) -> int:
        """How many more networks can be made."""
        return max(self.total - self.used, 0)


def network_room(configured: Sequence[Mapping[str, Any]] | None, networks: Sequence[Mapping[str, Any]]) -> NetworkRoom:
    """Count the address pools' networks.

    Args:
        configured: `DefaultAddressPools` of the engine's information; empty or `None` where the
            built-in pools are in use.
        networks: The networks' attributes, as the engine lists them.
    """
    pools = [(str(pool["Base"]), int(pool["Size"])) for pool in configured or ()]
    spans = [(ip_network(base), size) for base, size in pools or BUILT_IN_POOLS]
    total = sum(2 ** (size - span.prefixlen) for span, size in spans)
    used = 0
    for network in networks:
        for block in (network.get("IPAM") or {}).get("Config") or ():
            subnet = ip_network(str(block.get("Subnet", "")), strict=False)
            used += any(subnet.version == span.version and subnet.overlaps(span) for span, _ in spans)
    return NetworkRoom(total, used)
