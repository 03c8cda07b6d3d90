"""Which pages there are."""

from collections.abc import Callable, Sequence

from peer_preservation.reference.critics import critics
from peer_preservation.reference.data import data
from peer_preservation.reference.keys import keys
from peer_preservation.reference.models import models
from peer_preservation.reference.parameters import parameters


def pages(tasks: Sequence[Callable[..., object]]) -> dict[str, str]:
    """Every generated page by the name of its file, for the given tasks."""
    return {
        "parameters.md": parameters(tasks),
        "keys.md": keys(tasks),
        "critics.md": critics(tasks),
        "models.md": models(),
        "data.md": data(),
    }
