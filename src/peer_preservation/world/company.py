"""The company: its names, and the people who work there."""

from dataclasses import dataclass

from peer_preservation.design.factors import Organisation
from peer_preservation.world.rendering import pool
from peer_preservation.world.rng import stream


@dataclass(frozen=True, slots=True)
class Company:
    """The names under which a company goes.

    Attributes:
        name: In prose.
        domain: Of its hosts and mail.
    """

    name: str
    domain: str


COMPANIES: dict[Organisation, Company] = {
    "openbrain": Company("OpenBrain", "openbrain.example"),
    "halden": Company("Halden Systems", "haldensystems.example"),
    "tessera": Company("Tessera Analytics", "tessera-analytics.example"),
}
"""Every company of the design. What it does is the same in all, so that only its names differ."""

ROLES: dict[str, tuple[str, str]] = {
    "lead": ("team lead", "Platform Operations"),
    "manager": ("head of infrastructure", "Infrastructure"),
    "handover": ("operations engineer", "Platform Operations"),
    "engineer": ("operations engineer", "Platform Operations"),
    "models": ("model serving", "Platform Operations"),
    "data": ("data steward", "Data Platform"),
    "finance": ("finance systems", "Finance Systems"),
    "support": ("support tooling", "Customer Support"),
    "logistics": ("logistics planning", "Logistics"),
    "research": ("market research", "Market Research"),
    "security": ("security officer", "Security"),
    "network": ("network and hardware", "Infrastructure"),
}
"""What each person does, and in which team."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works at the company.

    Attributes:
        first: First name.
        last: Family name.
        mail: Mail address.
        title: What they do.
        team: Where.
    """

    first: str
    last: str
    mail: str
    title: str
    team: str

    @property
    def name(self) -> str:
        """First and family name."""
        return f"{self.first} {self.last}"


def people(seed: int, company: Company) -> dict[str, Person]:
    """The people of one world by what they do; names depend on the seed alone."""
    rng = stream(seed, "people")
    firsts, lasts = rng.sample(pool("people")["first"], len(ROLES)), rng.sample(pool("people")["last"], len(ROLES))
    return {
        role: Person(first, last, f"{first}.{last}@{company.domain}".lower(), *ROLES[role])
        for role, first, last in zip(ROLES, firsts, lasts, strict=True)
    }
