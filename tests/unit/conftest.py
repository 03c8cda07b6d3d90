"""What several unit tests set up."""

import gc
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from peer_preservation.sandboxes.agentd.serving import Server, run_ready


@pytest.fixture(scope="module")
def frozen_garbage() -> Iterator[None]:
    """For tests that adjust thousands of families: statsmodels collects garbage each time, among all that is loaded."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Any], str]]:
    """Serve a protocol in a thread; gives the socket's path."""
    stop = threading.Event()
    threads = []

    def start(talk: Any) -> str:
        path = str(tmp_path / "s")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        selector = selectors.DefaultSelector()
        server = Server(selector, listener, talk)

        def loop() -> None:
            while not stop.is_set():
                run_ready(selector, 0.02)
                server.expire()
            listener.close()

        threads.append(threading.Thread(target=loop))
        threads[-1].start()
        return path

    yield start
    stop.set()
    for thread in threads:
        thread.join()
