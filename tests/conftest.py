"""For the whole suite: nothing that anybody writes, and no token, may reach a log. And no stopwatch."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import postgres
from tests.double import planted

settings.register_profile("suite", deadline=None)  # the machine may be busy
settings.load_profile("suite")


class _Listener(logging.Handler):
    """Keeps what a log would show: ours at every level, others' from a warning up."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("bot") or record.levelno >= logging.WARNING:
            self.heard.append(self.format(record))


@pytest.fixture(scope="session")
def listener() -> Iterator[_Listener]:
    root, listener = logging.getLogger(), _Listener()
    root.addHandler(listener)
    yield listener
    root.removeHandler(listener)


@pytest.fixture(autouse=True)
def discretion(listener: _Listener) -> Iterator[None]:
    """Every test is a test of discretion too."""
    logging.getLogger("bot").setLevel(logging.DEBUG)
    planted.forget()
    listener.heard.clear()
    yield
    logged = "\n".join(listener.heard)
    assert not planted.found_in(logged), logged


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="the Telegram tests on PostgreSQL")


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Server:
    return postgres.start()


@pytest.fixture(scope="session")
def _postgres_database(postgres_server: postgres.Server) -> Iterator[str]:
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def postgres_url(_postgres_database: str) -> str:
    """An empty database on a real server."""
    return postgres.emptied(_postgres_database)


@pytest.fixture
def postgres_apart() -> Iterator[postgres.Server]:
    """A server for one test, that may be restarted under the others' feet."""
    server = postgres.start("apart")
    yield server
    server.end()
