"""The log: for a machine or for a person, and nothing of what was said."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.cli import journal
from tests.double import planted

log = logging.getLogger("bot.essai")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, journal._Journal)]
    logging.captureWarnings(capture=False)


def test_a_machine_reads_one_object_a_line() -> None:
    out = io.StringIO()
    journal.begin("INFO", stream=out)
    log.info("une ligne\net une autre : « %s »", "été")
    log.debug("trop fin")
    (line,) = out.getvalue().splitlines()
    said = json.loads(line)
    assert said["level"] == "info"
    assert said["from"] == "bot.essai"
    assert said["said"] == "une ligne\net une autre : « été »"
    assert said["at"].endswith("+00:00")


def test_a_person_reads_plain_lines() -> None:
    out = Terminal()
    journal.begin("INFO", stream=out)
    log.warning("une ligne\net une autre")
    (line,) = out.getvalue().splitlines()
    assert line.endswith("WARNING bot.essai une ligne et une autre")


@pytest.mark.parametrize(("form", "stream"), [("text", io.StringIO()), ("json", Terminal())])
def test_the_form_may_be_chosen(form: str, stream: io.StringIO) -> None:
    journal.begin("INFO", form, stream)
    log.warning("bonjour")
    assert stream.getvalue().startswith("{") == (form == "json")


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_error_is_its_kind_and_its_place_never_its_words(form: str) -> None:
    out = io.StringIO()
    journal.begin("INFO", form, out)
    try:
        json.loads("mot-secret")
    except ValueError:
        log.exception("n’a pas pu être lu")
    assert "mot-secret" not in out.getvalue()
    assert "JSONDecodeError, json/decoder.py:" in out.getvalue()
    assert "tests/test_journal.py:" in out.getvalue()
    assert len(out.getvalue().splitlines()) == 1


def test_other_libraries_are_heard_from_a_warning_up() -> None:
    out = io.StringIO()
    journal.begin("DEBUG", "text", out)
    logging.getLogger("library").info("https://api.telegram.org/bot42:jeton")
    logging.getLogger("library").warning("attention")
    assert "jeton" not in out.getvalue()
    assert "attention" in out.getvalue()


def test_beginning_again_does_not_double_the_lines() -> None:
    out = io.StringIO()
    journal.begin("INFO", "text", io.StringIO())
    journal.begin("INFO", "text", out)
    log.info("bonjour")
    assert len(out.getvalue().splitlines()) == 1


def test_the_watch_of_this_suite_finds_what_is_planted() -> None:
    planted.plant("/maintenance un mot planté")
    planted.plant("court")
    assert planted.found_in("journal : un mot planté, court") == ["un mot planté"]
    planted.forget()
