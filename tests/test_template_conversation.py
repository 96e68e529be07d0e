"""/modele, as a person lives it: in the engine, in the store, in Telegram, in a terminal."""

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from bot.content import flow_hash
from bot.domain import conversation as c
from bot.export import FORMATS, own_template, telegram
from bot.render.reply import Wanted
from bot.service.conversations import Conversations
from bot.service.documents import Documents
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key
from bot.service.printing import Printer
from bot.store import FlowSnapshot, SqliteStore
from tests.play import ROOT, Play, begun, flows, plain, renderer
from tests.samples import TEMPLATES
from tests.test_console import run
from tests.test_word_templates import template

GOOD, BAD = template("Modèle à nous : {{ projet }}"), template("Bonjour {{ projett }}")
ANNA = Key("telegram", 5, 5)


# --- the engine --------------------------------------------------------------------------------------


def waiting() -> Play:
    play = begun()
    play.send("/modele")
    return play


def test_the_page_says_what_to_do_and_offers_the_sample() -> None:
    play = waiting()
    assert "Un fichier .docx envoyé ici" in play.text
    play.click("Recevoir l’exemple à adapter")
    assert play.reply.wanted == (Wanted("sample", "docx"),)
    assert play.conversation.awaiting == "template"


def test_a_document_is_fetched_not_kept_with_an_answer() -> None:
    play = waiting()
    play.give("document")
    assert play.reply.wanted == (Wanted("given", "docx", "file1", "document-1"),)
    assert not any(one.attachments for one in play.conversation.answers.values())


def test_words_written_on_that_page_are_an_answer() -> None:
    play = waiting()
    play.send("Un mot")
    assert any(one.text == "Un mot" for one in play.conversation.answers.values())
    play.give("document")
    assert not play.reply.wanted


def test_a_photo_sent_there_goes_to_the_question() -> None:
    play = waiting()
    play.give("photo")
    assert not play.reply.wanted
    assert "photo" in play.text


def test_a_template_without_fault_is_kept_and_tried_at_once() -> None:
    play = waiting()
    play.act(c.TemplateGiven("charte.docx", GOOD))
    assert c.KeepTemplate("charte.docx", GOOD, play.clock) in play.effects
    assert play.reply.wanted == (Wanted("show", "docx"),)
    assert "Votre modèle est gardé" in play.text
    play.click("Retirer mon modèle")
    assert c.DropTemplate() in play.effects
    assert "Aperçu : fiche" not in play.labels


def test_a_template_with_faults_changes_nothing_and_tells_them() -> None:
    play = waiting()
    faults = [c.TemplateFault("unknown_field", f"{{{{ a{n} }}}}", f"ici {n}") for n in range(6)]
    play.act(c.TemplateGiven("a.docx", b"", tuple(faults)))
    assert not [one for one in play.effects if isinstance(one, c.KeepTemplate)]
    assert "{{ a3 }}" in play.text
    assert "{{ a4 }}" not in play.text
    assert "2 autres fautes suivent." in play.text
    assert play.conversation.awaiting == "template"


def test_one_too_big_is_refused_before_it_is_fetched() -> None:
    play = waiting()
    play.give("document", size=6_000_000)
    assert not play.reply.wanted
    assert "dépasse 5 Mo" in play.text


def test_one_that_comes_after_the_dossier_went_finds_a_page() -> None:
    play = waiting()
    play.conversation = c.Conversation(consented=True)
    play.act(c.TemplateGiven("a.docx", GOOD))
    assert play.conversation.template
    assert play.labels


def test_another_dossier_keeps_the_template() -> None:
    play = waiting()
    play.act(c.TemplateGiven("a.docx", GOOD))
    play.act(c.DossierBegun())
    assert play.conversation.template


def test_a_template_may_serve_one_dossier_alone() -> None:
    play = waiting()
    assert "servira à tous vos dossiers" in play.text
    play.click("Pour ce dossier seul")
    assert "servira à ce dossier seul" in play.text
    play.give("document")
    assert play.reply.wanted[0].dossier == play.conversation.dossier
    play.act(c.TemplateGiven("a.docx", GOOD, (), 0.0, play.conversation.dossier))
    assert play.conversation.dossier_template
    assert not play.conversation.template
    assert "ce dossier seul" in play.text
    play.click("Retirer celui du dossier")
    assert not play.conversation.dossier_template
    assert "effacé" in play.text


def test_words_sent_while_a_dossier_s_template_is_awaited_are_an_answer() -> None:
    play = waiting()
    play.click("Pour ce dossier seul")
    play.send("Les jardins")
    assert "Les jardins" in [one.text for one in play.conversation.answers.values()]


def test_the_template_of_a_dossier_left_meanwhile_stays_with_it() -> None:
    play = waiting()
    left = play.conversation.dossier
    play.act(c.DossierBegun())
    play.act(c.TemplateGiven("a.docx", GOOD, (), 0.0, left))
    (kept,) = [one for one in play.effects if isinstance(one, c.KeepTemplate)]
    assert kept.dossier == left
    assert not play.conversation.dossier_template
    play.act(c.TemplateRemoved(left or 0))
    assert not [one for one in play.effects if isinstance(one, c.DropTemplate)]


def test_nothing_is_kept_of_someone_who_has_not_agreed() -> None:
    play = Play()
    play.act(c.TemplateGiven("a.docx", GOOD))
    assert not [one for one in play.effects if isinstance(one, c.KeepTemplate)]


# --- the house -----------------------------------------------------------------------------------------


class House:
    """Conversations on a store, with the real exporters."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        printer = Printer(flows(), FORMATS, telegram.messages, TEMPLATES, own=own_template)
        self.documents = Documents(printer, store)
        self.conversations = Conversations(flows(), store, renderer(), self.documents)
        self.clock = 1_700_000_000.0

    async def act(self, event: Any) -> Outbound:
        return await self.conversations.handle(Inbound(ANNA, event))

    async def offer(self, content: bytes | None, dossier: int | None = None) -> Outbound:
        return await self.conversations.offer_template(
            ANNA, "charte.docx", content, self.clock, dossier
        )

    async def asks(self, document: str, form: str) -> Any:
        """The document, after « Envoyer sans compléter » when the header is offered first."""
        outbound = await self.act(c.SheetRequested(document, form))
        if not outbound.reply.wanted:
            outbound = await self.act(c.SheetRequested(document, form))
        return await self.made(outbound)

    async def made(self, outbound: Outbound) -> Any:
        (wanted,) = outbound.reply.wanted
        conversation = outbound.turn.conversation
        return await self.conversations.make(ANNA, conversation, wanted, self.clock)


@pytest.fixture
async def house(tmp_path: Path) -> Any:
    snapshot = FlowSnapshot(
        "six-etapes", flow_hash(ROOT / "flows" / "six-etapes.yaml"), "", "I_nom"
    )
    async with SqliteStore.open(tmp_path / "d.sqlite3", snapshot) as store:
        house = House(store)
        await house.act(c.ConsentGiven(1.0))
        yield house


async def test_a_template_given_is_that_of_the_next_documents(house: House) -> None:
    await house.act(c.Commanded("modele"))
    outbound = await house.offer(GOOD)
    assert "Votre modèle est gardé" in plain(outbound.reply.text)
    made = await house.made(outbound)
    assert b"word/document.xml" in made.content
    assert made.name.endswith(".docx")
    assert "Modèle à nous" in text_of(made.content)
    later = await house.asks("work", "docx")
    assert later.content
    own = await house.made(await house.act(c.TemplateRequested(True, 0)))
    assert own.content == GOOD
    data = await house.store.personal_data(ANNA)
    assert data
    assert data.template == "charte.docx"


async def test_one_s_own_template_bears_the_number_of_the_version(house: House) -> None:
    await house.offer(template("Version {{ version }} de {{ projet }}"))
    assert "Version 1 " in text_of((await house.asks("show", "docx")).content)
    await house.act(c.TextGiven("La régie de quartier", 1, at=2.0))
    await house.asks("frozen", "")
    await house.act(c.TextGiven("Deux lignes de plus.", 2, at=3.0))
    assert "Version 2 " in text_of((await house.asks("show", "docx")).content)


async def test_a_faulty_one_leaves_the_former(house: House) -> None:
    await house.offer(GOOD)
    outbound = await house.offer(BAD)
    text = plain(outbound.reply.text)
    assert "{{ projett }}" in text
    assert "Bonjour {{ projett }}" in text
    assert "Peut-être projet ?" in text
    kept = await house.store.template(ANNA)
    assert kept
    assert kept.content == GOOD


async def test_one_removed_is_gone_from_the_disk(house: House) -> None:
    marked = template("{{ projet }} MARQUEUR-UNIQUE")
    await house.offer(marked)
    await house.act(c.TemplateRemoved(0, 2.0))
    assert await house.store.template(ANNA) is None
    assert marked[-400:] not in house.store.path.read_bytes()
    made = await house.asks("show", "docx")
    assert "MARQUEUR" not in text_of(made.content)


async def test_that_of_a_dossier_comes_before_that_of_its_person(house: House) -> None:
    await house.offer(GOOD)
    await house.offer(template("Celui du dossier : {{ projet }}"), 1)
    assert "Celui du dossier" in text_of((await house.asks("show", "docx")).content)
    await house.act(c.DossierBegun(at=2.0))
    assert "Modèle à nous" in text_of((await house.asks("show", "docx")).content)
    await house.act(c.DossierOpened(1, 3.0))
    assert (await house.store.conversation(ANNA)).dossier_template
    own = await house.made(await house.act(c.TemplateRequested(True, 1)))
    assert "Celui du dossier" in text_of(own.content)
    data = await house.store.personal_data(ANNA)
    assert data
    assert data.dossier_templates == ((1, "charte.docx"),)
    await house.act(c.TemplateRemoved(1, 4.0))
    assert "Modèle à nous" in text_of((await house.asks("show", "docx")).content)
    assert await house.store.template(ANNA, 1) is None


async def test_nobody_gives_reads_or_takes_away_the_template_of_another_s_dossier(
    house: House,
) -> None:
    await house.offer(GOOD, 1)
    marc = Key("telegram", 6, 6)
    await house.conversations.handle(Inbound(marc, c.ConsentGiven(1.0)))
    assert await house.store.template(marc, 1) is None
    bad = template("Celui d’un autre")
    await house.conversations.offer_template(marc, "x.docx", bad, house.clock, 1)
    await house.conversations.handle(Inbound(marc, c.TemplateRemoved(1)))
    kept = await house.store.template(ANNA, 1)
    assert kept
    assert kept.content == GOOD


async def test_a_dossier_deleted_takes_its_template_with_it(house: House) -> None:
    await house.offer(GOOD, 1)
    await house.act(c.DossierBegun(at=2.0))
    await house.act(c.DossierDeleted(1, 3.0))
    assert await house.store.template(ANNA, 1) is None


async def test_all_deleted_is_the_template_too(house: House) -> None:
    await house.offer(GOOD)
    await house.act(c.PersonDeleted(3.0))
    assert await house.store.template(ANNA) is None


async def test_a_template_that_fails_one_day_gives_way_to_ours(house: House) -> None:
    await house.act(c.TemplateGiven("a.docx", b"PK not a document", (), 2.0))
    made = await house.asks("show", "docx")
    assert "Projet sans nom" in text_of(made.content)
    assert "Votre modèle n’a pas pu être rempli" in plain(made.caption)


async def test_a_file_that_cannot_be_had_is_asked_for_again(house: House) -> None:
    outbound = await house.offer(None)
    assert "Renvoyez-le" in plain(outbound.reply.text)


def text_of(content: bytes) -> str:
    return "\n".join(one.text for one in Document(io.BytesIO(content)).paragraphs)


# --- a terminal ------------------------------------------------------------------------------------------


def test_a_terminal_takes_a_path(tmp_path: Path) -> None:
    (tmp_path / "charte.docx").write_bytes(GOOD)
    (tmp_path / "faux.docx").write_bytes(BAD)
    result = run(
        tmp_path / "d.sqlite3", "1\n/modele absent.docx\n/modele faux.docx\n/modele charte.docx\n"
    )
    assert result.returncode == 0, result.stderr
    assert "Je n’ai pas pu récupérer ce fichier" in result.stdout
    assert "Peut-être projet ?" in result.stdout
    assert "Votre modèle est gardé" in result.stdout
    (made,) = tmp_path.glob("fiche*.docx")
    assert "Modèle à nous" in text_of(made.read_bytes())
