"""YAML that people write: read without running anything, and without losing a key that is there twice."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from peer_preservation.design.cells import DesignError


def text_of(path: Path, kind: str) -> str:
    """The text of a file.

    Args:
        path: The file.
        kind: What it is to be, for an error, such as "a preset".

    Raises:
        DesignError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as ex:
        raise DesignError(f"{path} cannot be read as {kind}: {ex.strerror or ex}.") from ex
    except UnicodeDecodeError as ex:
        raise DesignError(f"{path} cannot be read as {kind}: it is no text in UTF-8.") from ex


def loaded(text: str, name: str) -> object:
    """What a YAML text holds: plain values only.

    Args:
        text: YAML.
        name: What the file is called in an error.

    Raises:
        DesignError: No YAML, or a key that is there twice.
    """
    try:
        return yaml.load(text, _StrictLoader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as ex:
        raise DesignError(f"{name} is not readable as YAML: {' '.join(str(ex).split())}.") from ex


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is there twice, whose first value would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)
