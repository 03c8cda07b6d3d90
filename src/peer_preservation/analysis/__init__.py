"""From logs to tables: `load_samples(logs)` gives every sample as a row of a pandas table."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peer_preservation.analysis.samples import load_samples

__all__ = ["load_samples"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: scorers and critics use this package, and need neither logs nor pandas."""
    if name == "load_samples":
        from peer_preservation.analysis.samples import load_samples

        return load_samples
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
