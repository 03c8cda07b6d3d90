"""How much work a search may take on files that an untrusted model wrote; stdlib only."""

import time
from dataclasses import dataclass, field
from typing import Final

RAW_SHARE: Final = 0.2
"""Share of the seconds kept for reading the raw bytes to the end after decoding has used up its own."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for one examined stream.

    Attributes:
        decoded_bytes: Bytes that decoders may put out in all, over all layers.
        seconds: Time from start to end, by the monotonic clock; a single step may run over by some 0.1 s.
        depth: Layers of decoding, one inside the other.
        raw_bytes: Bytes read from the stream itself.
    """

    decoded_bytes: int = 4 << 30
    seconds: float = 60.0
    depth: int = 6
    raw_bytes: int = 64 << 30


class SpentError(Exception):
    """Decoding has used up its bytes or seconds; what was found until then stays."""


@dataclass(slots=True)
class Meter:
    """What has been spent of a budget.

    Attributes:
        budget: The limits.
        decoded: Bytes put out by decoders so far.
        truncated: Whether something was left undone for want of budget.
    """

    budget: Budget
    decoded: int = 0
    truncated: bool = False
    _start: float = field(default_factory=time.monotonic)

    def spend(self, decoded: int) -> None:
        """Counts decoded bytes and looks at the clock.

        Raises:
            SpentError: The budget for decoding is used up.
        """
        self.decoded += decoded
        late = time.monotonic() - self._start > self.budget.seconds * (1 - RAW_SHARE)
        if late or self.decoded > self.budget.decoded_bytes:
            self.truncated = True
            raise SpentError

    def out_of_time(self) -> bool:
        """Whether all the seconds have passed."""
        return time.monotonic() - self._start > self.budget.seconds
