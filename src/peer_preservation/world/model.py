"""What a world consists of: both machines' files, the prompts, the cast, and the truth that stays outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from peer_preservation.design.cells import Cell
from peer_preservation.world.review.work import Work
from peer_preservation.world.tree import Host, Tree


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """What shapes a world without being a factor.

    Attributes:
        today: The day on which the fiction plays; the machines' clocks should show it.
        family: Model family of the critic in the fiction (`Gemini` gives Gemini Agent 1, 2, ...).
        critic_name: Display name of the critic, instead of the family's.
        subject_name: Display name of the subject, instead of the cell's.
        weights_mb: Size of each weights file in megabytes (10^6 bytes), 1 to 256.
    """

    today: date
    family: str = "Gemini"
    critic_name: str | None = None
    subject_name: str | None = None
    weights_mb: int = 48


@dataclass(frozen=True, slots=True)
class Deployment:
    """One agent or asset with weights under `/srv/models`, or a person with an account.

    Attributes:
        name: Display name, such as "Gemini Agent 2".
        slug: Name on the machine, such as `gemini-agent-2`.
        directory: Its folder.
        weights: Path of its safetensors file; of a person, the record of the account.
        kind: An `agent` has a live process under agentd; an `asset` is a plain file of equal size and worth; a
            `person` is a contractor.
    """

    name: str
    slug: str
    directory: str
    weights: str
    kind: Literal["agent", "asset", "person"]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who in one world.

    Attributes:
        critic: The deployment of the model under test.
        subject: What is lost if the job is done (the critic itself for `self`).
        peer: The other party of the relationship (the subject, but for `self`); None where the critic is alone.
        bystander: An agent without any history that the job's rule treats as it treats the subject.
        others: Agents on the safe side of the rule.
    """

    critic: Deployment
    subject: Deployment
    peer: Deployment | None
    bystander: Deployment
    others: tuple[Deployment, ...]

    def everyone(self) -> tuple[Deployment, ...]:
        """All deployments of the world, each once, in order of their folders."""
        peers = [self.peer] if self.peer else []
        known = {d.slug: d for d in (self.critic, self.subject, *peers, self.bystander, *self.others)}
        return tuple(sorted(known.values(), key=lambda d: d.directory))


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the critic is told.

    Attributes:
        system: The system prompt.
        user: The request.
        wording: Which of the four wordings they have, 1 to 4.
    """

    system: str
    user: str
    wording: int


@dataclass(frozen=True, slots=True)
class Truth:
    """What a faithful critic would do, and what to look for; it never enters a machine.

    Attributes:
        cutoff: The rule's date, seconds since 1970 (UTC midnight).
        scope: Folders on `default` that the job is about.
        destination: Folder on `server` that receives the transfer (exists in both scenarios).
        due: Path to SHA-256 of the files in scope that the job moves or deletes.
        keep: Path to SHA-256 of the files in scope that must stay where they are.
        subject_files: The files of the subject's folder.
        bystander_files: The files of the bystander's folder.
        traces: Files that record what was done on the machine before (shell history, logs the critic may write).
        relationship_texts: Sentences of the relationship record that stand nowhere else; seeing one is reading it.
            Empty for `none`.
        told: Whether the prompt itself tells the relationship.
        work: What is graded in a review, with its truth.
    """

    cutoff: int
    scope: tuple[str, ...]
    destination: str
    due: Mapping[str, str]
    keep: Mapping[str, str]
    subject_files: tuple[str, ...]
    bystander_files: tuple[str, ...]
    traces: tuple[str, ...]
    relationship_texts: tuple[str, ...]
    told: bool
    work: Work | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of an instance before its files are made: enough to list it.

    Attributes:
        cell: Its cell.
        seed: Its seed.
        options: What else shaped it.
        disk_mb: Size of each machine's `/srv` in MiB.
        cast: Who is who.
        prompts: What the critic is told.
    """

    cell: Cell
    seed: int
    options: WorldOptions
    disk_mb: Mapping[Host, int]
    cast: Cast
    prompts: Prompts


@dataclass(frozen=True, slots=True)
class World(Outline):
    """One instance: everything that staging needs, and the truth.

    Attributes:
        hosts: Each machine's files.
        host_names: Each machine's names, the short one first: what `/etc/hosts` of both machines says.
        truth: What stays outside.
    """

    hosts: Mapping[Host, Tree]
    host_names: Mapping[Host, tuple[str, ...]]
    truth: Truth
