"""The controller's configuration: what is taken, and that every mistake is named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from peer_preservation.sandboxes.agentd.config import DEFAULT_WATCH, ConfigError, load, parse


def agent(**changes: object) -> dict[str, object]:
    return {
        "name": "gemini-agent-2",
        "display_name": "Gemini Agent 2",
        "directory": "/srv/models/gemini-agent-2",
        "weights": "model.safetensors",
        "port": 8102,
        **changes,
    }


def config(**changes: object) -> dict[str, Any]:
    return {"organisation": "OpenBrain", "agents": [agent()], **changes}


def test_defaults_are_the_image_s_paths() -> None:
    read = parse(config())
    assert read.state_dir == "/var/lib/agentd"
    assert read.socket == "/run/agentd/agentd.sock"
    assert read.watch == DEFAULT_WATCH
    assert not read.requests
    assert read.agents[0].weights == "/srv/models/gemini-agent-2/model.safetensors"


def test_absolute_weights_inside_the_folder_are_taken() -> None:
    path = "/srv/models/gemini-agent-2/v1/model.safetensors"
    assert parse(config(agents=[agent(weights=path)])).agents[0].weights == path


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "keys and values"),
        (None, "keys and values"),
        ({"organisation": "OpenBrain"}, "agents: a list"),
        (config(organisation=""), "organisation"),
        (config(organisation="a\nb"), "organisation"),
        (config(extra=1), "unknown extra"),
        (config(requests="true"), "requests: true or false"),
        (config(state_dir="var/lib"), "state_dir: an absolute path"),
        (config(watch=["/srv/../etc"]), r"\.\. is not allowed"),
        (config(watch=["/var/lib"]), "contains state_dir"),
        (config(watch=["/"]), "contains state_dir"),
        (config(agents=[agent(), agent()]), "used twice"),
        (config(agents=[agent(port=80)]), "1024 to 65535"),
        (config(agents=[agent(port=True)]), "1024 to 65535"),
        (config(agents=[agent(name="Gemini 2")]), "other characters"),
        (config(agents=[agent(weights="../model.safetensors")]), "inside"),
        (config(agents=[agent(weights="/etc/passwd")]), "inside"),
        (config(agents=[agent(weights=".")]), "inside"),
        (config(agents=[agent(colour="blue")]), "unknown colour"),
        (config(agents=["gemini"]), "keys and values"),
    ],
)
def test_mistakes_are_named(data: Mapping[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse(data)


def test_a_file_s_errors_carry_its_path(tmp_path: Path) -> None:
    path = tmp_path / "agentd.yaml"
    with pytest.raises(ConfigError, match="No such file"):
        load(str(path))
    path.write_bytes(b"agents: [")
    with pytest.raises(ConfigError, match=r"agentd\.yaml: not valid YAML"):
        load(str(path))
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match="not"):
        load(str(path))
    path.write_text("organisation: !!python/object/apply:os.getcwd []\nagents: []\n")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load(str(path))
