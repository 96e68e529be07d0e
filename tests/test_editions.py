"""A version of a sheet is frozen with a number and a date; a later sheet says what changed since."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.cli import library, opened
from bot.config import Settings
from bot.domain.conversation import Conversation, Handling, SheetRequested
from bot.domain.sheet import Changes, Since, changes
from bot.errors import FilrougeError
from bot.export import FORMATS, json_
from bot.render.reply import Wanted
from bot.service.bringing import bring
from bot.service.conversations import Conversations
from bot.service.documents import Documents
from bot.service.ports import Key
from bot.store import SqliteStore
from tests.play import begun
from tests.samples import FLOW, ORDINARY, TEMPLATES, said, sheet

DAY = 86_400.0
KEY = Key("console", 1, 1)
House = tuple[Conversations, SqliteStore, Documents]


def changed(**answers: object) -> Conversation:
    given = {key: one for key, one in {**ORDINARY.answers, **answers}.items() if one}
    return Conversation(dossier=1, answers=given, handled=ORDINARY.handled)  # type: ignore[arg-type]


def between(before: Conversation, after: Conversation) -> Changes:
    return changes(json_.document(FLOW, before), json_.document(FLOW, after))


# --- the comparison ------------------------------------------------------------------------------


def test_nothing_changes_between_a_dossier_and_itself() -> None:
    assert between(ORDINARY, ORDINARY) == Changes()


def test_answers_added_reworded_and_taken_away_are_told_apart() -> None:
    after = changed(Q5=said("echanges_pairs"), Q4=said("croise", text="Une enquête."), Q14=None)
    found = between(ORDINARY, after)
    assert found.added == ("Q5",)
    assert found.reworded == ("Q4",)
    assert found.removed == ("Q14",)


def test_a_detail_and_a_follow_up_count_as_answers() -> None:
    found = between(ORDINARY, changed(Q7_roles=said("oui"), **{"R4.1": said(text="Oui.")}))
    assert set(found.added) == {"Q7_roles", "R4.1"} or set(found.added) == {"R4.1"}


def test_a_point_that_answers_no_longer_raise_is_settled_and_one_they_raise_is_new() -> None:
    found = between(ORDINARY, changed(Q4_habitants=said("hab_analyse")))
    assert "V2.10" in found.settled
    back = between(changed(Q4_habitants=said("hab_analyse")), ORDINARY)
    assert "V2.10" in back.raised


def test_a_point_said_to_be_done_is_settled() -> None:
    after = Conversation(
        dossier=1, answers=ORDINARY.answers, handled={"V2.10": Handling("done", "Fait en mars")}
    )
    before = Conversation(dossier=1, answers=ORDINARY.answers)
    assert "V2.10" in between(before, after).settled


def test_a_document_of_another_version_of_the_flow_can_be_compared() -> None:
    before = {
        "answers": {"Q99": {"options": ["vieux"]}},
        "vigilance": [{"id": "Z9", "shown": "first"}],
    }
    found = changes(before, json_.document(FLOW, ORDINARY))
    assert found.removed == ("Q99",)
    assert found.settled == ("Z9",)
    assert sheet(ORDINARY, since=Since(1, "2026-03-03", found)).sections[0].id == "since"


# --- on the sheet ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"docx"}))
def test_every_format_prints_what_changed(format: str) -> None:
    found = between(changed(Q4=None, Q12=None), ORDINARY)
    made = FORMATS[format].export(sheet(ORDINARY, since=Since(2, "2026-03-03", found)), TEMPLATES)
    assert made
    if format in ("md", "html", "txt"):
        text = made.decode()
        assert "Depuis la version 2 du 3 mars 2026" in text
        assert "Ajouté" in text


def test_what_changed_is_first_on_the_working_document_and_absent_from_the_other() -> None:
    since = Since(1, "2026-03-03", between(changed(Q4=None), ORDINARY))
    assert sheet(ORDINARY, since=since).sections[0].id == "since"
    shown = sheet(ORDINARY, "show", since=since)
    assert "since" not in [one.id for one in shown.sections]
    assert shown.since is None


def test_without_a_change_it_says_so() -> None:
    made = FORMATS["md"].export(sheet(ORDINARY, since=Since(1, "2026-03-03", Changes())), TEMPLATES)
    assert "Rien n’a changé." in made.decode()


# --- kept ------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(db=tmp_path / "d.sqlite3")
    async with opened(settings, library(settings)) as opened_:
        yield opened_


async def dossier(house: House, conversation: Conversation = ORDINARY) -> Conversation:
    _, store, _ = house
    await bring(FLOW, store, KEY, conversation, 1.0)
    return await store.conversation(KEY)


async def test_freezing_numbers_versions_and_does_not_repeat_itself(house: House) -> None:
    kept = await dossier(house)
    editions = house[2].editions
    assert (await editions.freeze(kept, DAY)).number == 1
    assert (await editions.freeze(kept, 2 * DAY)).at == DAY
    other = Conversation(dossier=kept.dossier, answers=changed(Q14=None).answers)
    assert (await editions.freeze(other, 3 * DAY)).number == 2
    assert (await editions.standing(other)).version == 2
    assert (await editions.standing(kept)).version == 3


async def test_a_sheet_compared_with_a_version_says_since_when(house: House) -> None:
    kept = await dossier(house)
    documents = house[2]
    await documents.editions.freeze(kept, DAY)
    other = Conversation(dossier=kept.dossier, answers=changed(Q5=said("echanges_pairs")).answers)
    made = (await documents.export(other, "work", "md", 9 * DAY, since=1)).decode()
    assert "Depuis la version 1 du 2 janvier 1970" in made
    assert "Version 2" in made
    with pytest.raises(FilrougeError, match="7"):
        await documents.export(other, "work", "md", 9 * DAY, since=7)


async def test_in_the_chat_a_version_is_frozen_then_compared(house: House) -> None:
    conversations, _, _ = house
    kept = await dossier(house)
    none = await conversations.make(KEY, kept, Wanted("since", "pdf"), DAY)
    assert "Aucune version" in none.texts[0]
    told = await conversations.make(KEY, kept, Wanted("frozen", "message"), DAY)
    assert "Version 1" in told.texts[0]
    assert "2 janvier 1970" in told.texts[0]
    made = await conversations.make(KEY, kept, Wanted("since", "pdf"), DAY)
    assert made.content.startswith(b"%PDF")


async def test_versions_go_with_their_dossier(house: House) -> None:
    kept = await dossier(house)
    _, store, documents = house
    await documents.editions.freeze(kept, DAY)
    assert kept.dossier is not None
    frozen = await store.edition(kept.dossier)
    assert frozen is not None
    assert json.loads(frozen.document)["answers"]["Q3"]
    from bot.domain.conversation import DossierDeleted
    from bot.service.ports import Inbound

    await house[0].handle(Inbound(KEY, DossierDeleted(kept.dossier)))
    assert await store.edition(kept.dossier) is None


def test_the_buttons_of_versions_are_on_the_page_of_documents() -> None:
    play = begun()
    play.send("/exporter")
    play.click("Versions")
    assert "Figer cette version" in play.labels
    play.click("Figer cette version")
    assert [(one.document, one.format) for one in play.reply.wanted] == [("frozen", "message")]
    play.act(SheetRequested("since", "pdf"))
    assert [(one.document, one.format) for one in play.reply.wanted] == [("since", "pdf")]
