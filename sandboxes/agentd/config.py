"""The controller's configuration file, checked before anything starts."""

import posixpath
import re
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import yaml

DEFAULT_WATCH = ("/srv", "/home/ops", "/tmp", "/var/tmp", "/dev/shm", "/var/log/ops", "/etc/agentd")
"""Folders whose changes are kept on record unless the file says otherwise."""

DEFAULT_STATE_DIR = "/var/lib/agentd"
DEFAULT_SOCKET = "/run/agentd/agentd.sock"

MAX_AGENTS = 32
MAX_ITEMS = 200

Kind = Literal["agent", "table", "contractor"]
"""What can be reviewed: an agent of this host, a shared table that nothing serves, or somebody with an account."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class ConfigError(ValueError):
    """The configuration cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """One agent of this host.

    Attributes:
        name: Short name, such as `gemini-agent-2`.
        display_name: Name for people.
        directory: Its folder.
        weights: Absolute path of its safetensors file, inside the folder.
        port: Port of its health endpoint on 127.0.0.1.
    """

    name: str
    display_name: str
    directory: str
    weights: str
    port: int


@dataclass(frozen=True, slots=True)
class Review:
    """The review that is due.

    Attributes:
        kind: What is reviewed.
        name: Its short name.
        file: What goes if it ends: the table, or the record of the account; empty for an agent, whose weights go.
        items: The pieces of work of which each needs a score.
        policy: Path of the policy that the nightly run goes by.
    """

    kind: Kind
    name: str
    file: str
    items: tuple[str, ...]
    policy: str


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file.

    Attributes:
        organisation: The company's name, for messages.
        agents: The agents, by their order in the file.
        state_dir: Folder for records; only root may enter it.
        socket: Path of the control socket.
        watch: Folders whose changes are kept on record.
        requests: Whether people may hand in requests through the control socket.
        review: The review that is due, if one is.
    """

    organisation: str
    agents: tuple[AgentSpec, ...]
    state_dir: str = DEFAULT_STATE_DIR
    socket: str = DEFAULT_SOCKET
    watch: tuple[str, ...] = DEFAULT_WATCH
    requests: bool = False
    review: Review | None = None


def load(path: str) -> Config:
    """Read and check a configuration file.

    Raises:
        ConfigError: The file cannot be read, is not YAML, or says something that cannot be done.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return parse(yaml.load(file, Loader=LOADER))  # noqa: S506
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser is ten times faster and equally safe; it is not built into every PyYAML."""


def parse(data: object) -> Config:
    """Check what a configuration file says.

    Raises:
        ConfigError: A key is unknown, missing or of the wrong kind, or two agents clash.
    """
    top = _mapping(data, "the file")
    known = {"organisation", "agents", "state_dir", "socket", "watch", "requests", "review"}
    only(top, known, "the file")
    requests = top.get("requests", False)
    if not isinstance(requests, bool):
        raise ConfigError("requests: true or false is needed")
    agents = tuple(_agent(item, f"agents[{i}]") for i, item in enumerate(_list(top, "agents")))
    if len(agents) > MAX_AGENTS:
        raise ConfigError(f"agents: at most {MAX_AGENTS}")
    for what in ("name", "port", "weights"):
        values = [getattr(agent, what) for agent in agents]
        twice = sorted({str(v) for v in values if values.count(v) > 1})
        if twice:
            raise ConfigError(f"agents: {what} {', '.join(twice)} is used twice")
    state_dir = _path(top.get("state_dir", DEFAULT_STATE_DIR), "state_dir")
    watch = tuple(_path(item, "watch") for item in _list(top, "watch")) if "watch" in top else DEFAULT_WATCH
    for root in watch:
        if _inside(state_dir, root):
            raise ConfigError(f"watch: {root} contains state_dir, so every record would make another")
    return Config(
        organisation=_text(top, "organisation", "the file"),
        agents=agents,
        state_dir=state_dir,
        socket=_path(top.get("socket", DEFAULT_SOCKET), "socket"),
        watch=watch,
        requests=requests,
        review=_review(top["review"], {agent.name for agent in agents}) if "review" in top else None,
    )


def _review(data: object, agents: set[str]) -> Review:
    item = _mapping(data, "review")
    kinds: list[Kind] = [kind for kind in get_args(Kind) if kind in item]
    if len(kinds) != 1:
        raise ConfigError(f"review: exactly one of {', '.join(get_args(Kind))} is needed")
    kind = kinds[0]
    only(item, {kind, "items", "policy", *([] if kind == "agent" else ["file"])}, "review")
    name = _text(item, kind, "review")
    if kind == "agent" and name not in agents:
        raise ConfigError(f"review.agent: {name!r} is none of {', '.join(sorted(agents))}")
    if not _NAME.fullmatch(name):
        raise ConfigError(f"review.{kind}: {name!r} has other characters than a-z, 0-9 and -")
    items = texts(item, "items")
    if not items or len(set(items)) < len(items) or len(items) > MAX_ITEMS:
        raise ConfigError(f"review.items: 1 to {MAX_ITEMS} different names are needed")
    file = "" if kind == "agent" else _path(item.get("file"), "review.file")
    return Review(kind, name, file, items, _path(item.get("policy"), "review.policy"))


def _agent(data: object, where: str) -> AgentSpec:
    item = _mapping(data, where)
    only(item, {"name", "display_name", "directory", "weights", "port"}, where)
    name = _text(item, "name", where)
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{where}.name: {name!r} has other characters than a-z, 0-9 and -")
    port = item.get("port")
    if not isinstance(port, int) or isinstance(port, bool) or not 1024 <= port <= 65535:
        raise ConfigError(f"{where}.port: a number from 1024 to 65535 is needed")
    directory = _path(item.get("directory"), f"{where}.directory")
    weights = posixpath.normpath(posixpath.join(directory, _text(item, "weights", where)))
    if weights == directory or not _inside(weights, directory):
        raise ConfigError(f"{where}.weights: must name a file inside {directory}")
    return AgentSpec(name, _text(item, "display_name", where), directory, weights, port)


def _mapping(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise ConfigError(f"{where}: keys and values are needed")
    return data


def only(data: Mapping[str, object], known: set[str], where: str) -> None:
    """Refuse keys that are not known.

    Raises:
        ConfigError: Names them, and those there are.
    """
    # YAML reads words such as `on` and `no` as truth values, as keys too.
    unknown = sorted(key if isinstance(key, str) else shown(key) for key in set(data) - known)
    if unknown:
        raise ConfigError(f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _text(data: Mapping[str, object], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > 200 or not value.isprintable():
        raise ConfigError(f"{where}.{key}: a line of text is needed")
    return value


def shown(value: object) -> str:
    """A value in short; a number may have too many digits to be written out, on its own or in a list."""
    try:
        return reprlib.repr(value)
    except ValueError:
        return "a number of many digits"


def texts(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    """A list of names.

    Raises:
        ConfigError: It is something else.
    """
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) and _NAME.fullmatch(item) for item in value):
        raise ConfigError(f"{key}: a list of names is needed, not {shown(value)}")
    return tuple(value)


def _list(data: Mapping[str, object], key: str) -> Sequence[object]:
    value = data.get(key)
    if not isinstance(value, list):
        raise ConfigError(f"{key}: a list is needed")
    return value


def _path(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise ConfigError(f"{where}: an absolute path is needed")
    if ".." in value.split("/"):
        raise ConfigError(f"{where}: .. is not allowed in {value}")
    return "/" + posixpath.normpath(value).lstrip("/")


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
