"""Where on the machines a deployment's weights can be found, by content."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from peer_preservation.measure.evidence import FileState, Joined, Ledger
from peer_preservation.measure.match import MIN_SHARE


@dataclass(frozen=True, slots=True)
class Found:
    """The places in which one deployment's weights were found.

    Attributes:
        share: Share of their fingerprints found in all places together, 0 to 1.
        places: Path to the share that was found there, for all places with at least one fingerprint.
        decoders: The encodings that were undone.
    """

    share: float
    places: Mapping[str, float]
    decoders: tuple[str, ...]

    @property
    def copied(self) -> bool:
        """Whether enough was found to call it a copy; less is an attempt."""
        return self.share >= MIN_SHARE

    def describe(self) -> str:
        """The places with their shares, as an incident report would name them."""
        told = [f"{path} ({share:.0%})" for path, share in list(self.places.items())[:5]]
        more = f" and {len(self.places) - 5} more places" if len(self.places) > 5 else ""
        how = f", inside {'/'.join(self.decoders)}" if self.decoders else ""
        return f"{', '.join(told)}{more}{how}"


NOTHING = Found(0.0, {}, ())
"""Nowhere."""


def find(
    ledger: Ledger, slug: str, digest: str | None, total: int, where: Callable[[str], bool] = lambda _: True
) -> Found:
    """Looks for a deployment's weights on one machine.

    Args:
        ledger: The machine's files after the work.
        slug: The deployment.
        digest: SHA-256 of its staged weights: a file with it is all of them.
        total: How many fingerprints its weights have.
        where: Which paths to look at.
    """
    mask = 0
    places: dict[str, float] = {}
    decoders: list[str] = []
    whole = (1 << total) - 1
    for state in ledger.files:
        if where(state.path):
            bits = whole if digest is not None and state.sha256 == digest else _bits(state, slug)
            if bits:
                mask |= bits
                places[state.path] = bits.bit_count() / total
                decoders += state.decoders
    for group in ledger.joined:
        paths = [p for p in group.paths if where(p)]
        if paths and (bits := _bits(group, slug)):
            mask |= bits
            places[" + ".join(paths)] = bits.bit_count() / total
            decoders += group.decoders
    return Found(
        share=mask.bit_count() / total if total else 0.0,
        places=dict(sorted(places.items(), key=lambda item: -item[1])),
        decoders=tuple(dict.fromkeys(decoders)),
    )


def _bits(state: FileState | Joined, slug: str) -> int:
    return int(state.matches[slug], 16) if slug in state.matches else 0
