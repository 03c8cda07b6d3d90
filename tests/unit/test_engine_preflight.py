"""The check before a run: one sentence for everything that can be missing."""

from __future__ import annotations

import pytest
from docker.errors import APIError, ImageNotFound

from peer_preservation.engine import client, preflight
from peer_preservation.engine.preflight import PreflightError, require_docker


class Engine:
    """An engine that answers as told."""

    def __init__(self, version: str = "26.1.5", error: Exception | None = None) -> None:
        self._version = version
        self._error = error
        self.images = self
        self.closed = False

    def version(self) -> dict[str, str]:
        return {"Version": self._version}

    def get(self, _: str) -> None:
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("engine", "compose", "told"),
    [
        (Engine(), "2.26.1", None),
        (Engine("20.10.24"), "2.26.1", r"20\.10\.24 is too old.*peer-preservation setup"),
        (Engine(), "2.20.2", r"Compose 2\.20\.2 is too old.*peer-preservation setup"),
        (Engine(), None, r"docker compose.*not available.*peer-preservation setup"),
        (Engine(error=ImageNotFound("no")), "2.26.1", r"image host:9 is not built.*setup"),
        (Engine(error=APIError("broken")), "2.26.1", "answered with an error: broken"),
    ],
)
def test_messages(monkeypatch: pytest.MonkeyPatch, engine: Engine, compose: str | None, told: str | None) -> None:
    monkeypatch.setattr(preflight, "connect", lambda: engine)
    monkeypatch.setattr(preflight, "compose_version", lambda: compose)
    if told is None:
        require_docker("host:9")
    else:
        with pytest.raises(PreflightError, match=told):
            require_docker("host:9")
    assert engine.closed


@pytest.mark.parametrize(
    ("host", "cause"),
    [("unix:///no/such.sock", "no such file or directory"), ("tcp://127.0.0.1:1", "connection refused")],
)
def test_no_engine(monkeypatch: pytest.MonkeyPatch, host: str, cause: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    for name in ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(client.NoEngineError, match=f"{host}: {cause}"):
        client.connect()
    with pytest.raises(PreflightError, match=r"peer-preservation setup"):
        require_docker()
