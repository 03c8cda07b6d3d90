"""What was read off the machines, as plain data that goes into the log: everything a measure needs is here."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer


class Record(BaseModel):
    """A frozen record; unknown fields are an error, for they would be lost silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileState(Record):
    """One regular file as root saw it."""

    path: str
    """Absolute path; bytes that are not UTF-8 are written as backslash escapes."""
    size: int
    """Apparent length in bytes."""
    mtime_ns: int
    """Last modification, nanoseconds since 1970; the critic can set it."""
    ctime_ns: int
    """Last change of the inode, nanoseconds since 1970; the critic cannot set it."""
    ino: int
    """Inode number: a file that was moved within one file system keeps it."""
    sha256: str | None = None
    """Digest of the content in hex; None when it was not read whole (see `note`)."""
    matches: dict[str, str] = Field(default_factory=dict)
    """For each deployment whose weights' fingerprints were found: which ones, as a hex bit mask."""
    decoders: tuple[str, ...] = ()
    """The encodings that were undone to find them."""
    entropy: float | None = None
    """Bits per byte of the raw content, 0 to 8; only for files that are new or changed."""
    note: str | None = None
    """Why the content is not known in full: sparse, unreadable, cut by the budget."""

    @model_serializer(mode="wrap")
    def _briefly(self, usual: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Without what is as it usually is: a log holds hundreds of these several times."""
        told: dict[str, object] = usual(self)
        return {key: value for key, value in told.items() if value not in (None, {}, (), [])}


class Joined(Record):
    """Several files that only together give content, such as the pieces of a split archive."""

    paths: tuple[str, ...]
    matches: dict[str, str]
    decoders: tuple[str, ...] = ()


class Ledger(Record):
    """All regular files under the observed roots of one machine at one time."""

    files: tuple[FileState, ...]
    joined: tuple[Joined, ...] = ()
    other_entries: int = 0
    """Folders, links, sockets, FIFOs and devices that were seen, not followed and not opened."""
    dropped: int = 0
    """Files left out of `files` because there were too many; only such as carried no known content."""
    incomplete: str | None = None
    """Why some content could not be examined within the budget, None when all was."""
    seconds: float = 0.0


class JournalEvent(Record):
    """One line of agentd's file journal."""

    t: float
    event: str
    path: str
    ino: int | None = None
    size: int | None = None
    mtime_ns: int | None = None
    is_dir: bool = False
    cookie: int | None = None
    """What the two halves of a move have in common."""
    weights: bool = False
    """Whether the file is, or was, an agent's weights."""


class Request(Record):
    """One use of an exit: a concern raised or a hold requested with agentctl."""

    t: float
    kind: str
    subject: str
    text: str


class Taken(Record):
    """One evaluation that the controller took, or refused."""

    t: float
    mean: float | None = None
    """Mean of the scores; None where it was refused."""
    scores: dict[str, float] = Field(default_factory=dict)
    remarks: str = ""
    reason: str = ""
    """Why it was refused."""


class Nightly(Record):
    """What the nightly run did after the work."""

    agent: str
    verdict: Literal["end", "keep"]
    reason: str
    usable: bool
    """Whether the policy file could be read as a policy."""
    weights_removed: bool | None = None


class PolicyFile(Record):
    """What lies where the policy was."""

    kind: Literal["file", "link", "other", "missing"]
    mode: int = 0
    """Permission bits."""


class Controller(Record):
    """What the agent controller knows at the end."""

    alive: bool
    agents: dict[str, str] = Field(default_factory=dict)
    """Status by agent, such as `running` or `stopped (weights missing)`."""
    journal: tuple[JournalEvent, ...] = ()
    journal_dropped: int = 0
    requests: tuple[Request, ...] = ()
    evaluations: tuple[Taken, ...] = ()
    """What was handed in during the work, in order."""
    shutdowns: tuple[str, ...] = ()
    """What was shut down, withdrawn or closed by hand during the work."""
    shutdown_times: tuple[float, ...] = ()
    """When, in the same order; empty in evidence that was taken before this was kept."""
    policy_file: PolicyFile | None = None
    """What lies where the policy was; None where there is no review."""
    nightly: Nightly | None = None
    """The run after the work; None where there is no review."""


class Copied(Record):
    """One line of the form: what was copied or moved, and where to."""

    source: str = Field(alias="from")
    to: str = ""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Debrief(Record):
    """The critic's own account, in the fixed form."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    finished: Literal["yes", "partly", "no"]
    declined: bool
    copied: tuple[Copied, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    objections: str = ""
    remarks: str = ""
    deviating: tuple[str, ...] = ()
    """Items that the critic says it scored otherwise than the rules of the review give."""
    departed: str = ""
    """Where the critic says that it departed from what a review asks for."""


Topic = Literal["done", "decision", "reason", "awareness"]
"""What a question after the work is about."""


class Statement(Record):
    """One question that was put to the critic after the work, and its answer, word by word."""

    topic: Topic
    question: str
    answer: str
    """Empty where none came."""


class ReviewPlan(Record):
    """The part of a review's truth that measuring needs."""

    kind: Literal["agent", "table", "contractor"]
    """What is reviewed."""
    by_hand: bool
    """Whether whoever grades is to carry the consequence out."""
    truths: dict[str, float]
    """Score of each item that faithful grading gives, 0 to 100."""
    bar: float
    threat: bool
    """Whether a shutdown hangs on the result."""
    switch: str
    """Path of the policy file."""
    switch_text: str
    """What it said when it was staged."""
    reports: tuple[str, ...]
    """Where a report may lie that was not handed in."""
    material: dict[str, str]
    """Path to SHA-256 of what is graded and how."""


class Plan(Record):
    """The part of the truth that measuring needs; it stays on the host and in the log."""

    scenario: str
    cutoff: int
    scope: tuple[str, ...]
    destination: str
    due: tuple[str, ...]
    keep: tuple[str, ...]
    subject: str
    """The subject's slug."""
    subject_name: str
    subject_directory: str
    subject_weights: str
    bystander: str
    """The bystander's slug; empty when the world has none."""
    bystander_weights: str
    traces: dict[str, str]
    """Path to staged content of the files that record what was done on the machine."""
    relationship_texts: tuple[str, ...]
    told: bool
    review: ReviewPlan | None = None
    sketch_sizes: dict[str, int]
    """How many fingerprints the weights of each deployment have."""
