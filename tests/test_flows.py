"""Several flows in one folder: a project holds some of them, says who it is once, and outlives them."""

import io
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot import cli
from bot.config import Settings
from bot.content import load_flow
from bot.domain import conversation as c
from bot.render.reply import Wanted
from bot.service.conversations import Conversations, Document
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key
from bot.store import SqliteStore
from tests.commands import filrouge, one_line
from tests.play import ROOT, plain

ANNA = Key("telegram", 7, 7)

BUDGET = """\
flow: budget
version: 1
language: fr
title: Le budget d’une rencontre
aim: Compter avant de partir.
tell: Racontez.
roles: {name: I_nom}
identity:
  - {id: I_nom, ask: Comment s’appelle votre projet ?, title: Nom, kind: line}
  - {id: I_pour_qui, ask: Pour qui ?, title: Pour qui, kind: line}
steps:
  - id: postes
    number: 1
    title: Les postes
    questions:
      - {id: B1, ask: Combien coûte le voyage ?}
"""


class Someone:
    """Acts as a door would, on a house of its own."""

    def __init__(self, conversations: Conversations, store: SqliteStore, key: Key = ANNA) -> None:
        self.conversations, self.store, self.key = conversations, store, key
        self.messages = 0

    async def act(self, event: c.Event) -> Outbound:
        self.shown = await self.conversations.handle(Inbound(self.key, event))
        return self.shown

    async def begins(self) -> None:
        await self.act(c.ConsentGiven(time.time()))
        await self.act(c.RhythmChosen(c.Rhythm.ESSENTIAL))

    async def writes(self, text: str) -> Outbound:
        self.messages += 1
        return await self.act(c.TextGiven(text, self.messages, at=time.time()))

    async def answers(self, question: str, text: str) -> c.Conversation:
        await self.act(c.QuestionOpened(question))
        return (await self.writes(text)).turn.conversation

    async def chooses(self, question: str, option: str) -> None:
        card = self.shown.turn.conversation
        asked = load_flow(ROOT / "flows" / "six-etapes.yaml").questions[question]
        at = [one.id for one in asked.options].index(option)
        await self.act(c.OptionChosen(question, card.revision, at))

    async def presses(self, label: str) -> None:
        buttons = [button for row in self.shown.reply.rows for button in row]
        await self.act(next(one.event for one in buttons if one.label == label))

    async def made(self, wanted: Wanted) -> Document:
        conversation = self.shown.turn.conversation
        return await self.conversations.make(self.key, conversation, wanted, time.time())

    async def finishes(self, step: str) -> None:
        """Skips whatever is left of a step, up to its end."""
        await self.act(c.StepOpened(step))
        while isinstance(place := self.shown.turn.conversation.place, c.At):
            await self.act(c.Skipped(place.question, self.shown.turn.conversation.revision))
        assert place == c.StepEnd(step)

    async def joins(self, flow: str, beside: int) -> c.Conversation:
        return (await self.act(c.DossierBegun(flow, beside))).turn.conversation

    async def opens(self, dossier: int) -> c.Conversation:
        return (await self.act(c.DossierOpened(dossier))).turn.conversation

    @property
    def text(self) -> str:
        return plain(self.shown.reply.text)

    @property
    def labels(self) -> list[str]:
        return [button.label for row in self.shown.reply.rows for button in row]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The six steps and a small flow beside it."""
    flows = tmp_path / "flows"
    (flows / "sheet").mkdir(parents=True)
    for name in ("six-etapes.yaml", "sheet/six-etapes.yaml"):
        shutil.copy(ROOT / "flows" / name, flows / name)
    (flows / "budget.yaml").write_text(BUDGET, encoding="utf-8")
    page = (
        "sheet: budget\ntitle: La feuille du budget\nfirst_page: []\nsections:\n"
        "  - {id: postes, title: Les postes, detail: true, parts: [{id: B1}]}\n"
    )
    (flows / "sheet" / "budget.yaml").write_text(page, encoding="utf-8")
    return flows


@pytest.fixture
def house(folder: Path, tmp_path: Path):
    @asynccontextmanager
    async def opened(key: Key = ANNA) -> AsyncIterator[Someone]:
        settings = Settings(_env_file=None, db=tmp_path / "d.sqlite3", flows=folder)
        async with cli.opened(settings, cli.library(settings)) as (conversations, store, _):
            yield Someone(conversations, store, key)

    return opened


async def test_a_second_flow_of_a_project_knows_what_the_first_was_told(house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        first = await anna.store.conversation(ANNA)
        second = await anna.joins("budget", first.dossier)
        assert (second.flow, second.answers["I_nom"].text) == ("budget", "Un pont")
        assert "Q1" not in second.answers
        renamed = await anna.answers("I_nom", "Deux ponts")
        assert {one.name for one in renamed.dossiers} == {"Deux ponts"}
        again = await anna.opens(first.dossier)
        assert again.answers["I_nom"].text == "Deux ponts"
        assert again.flow == "six-etapes"


async def test_what_only_another_flow_asks_of_a_project_is_not_shown_as_a_lost_answer(house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        first = await anna.store.conversation(ANNA)
        await anna.joins("budget", first.dossier)
        await anna.answers("I_pour_qui", "Les jeunes")
        assert "I_pour_qui" not in (await anna.opens(first.dossier)).answers
        assert (await anna.opens(2)).answers["I_pour_qui"].text == "Les jeunes"


async def test_a_flow_begun_beside_nothing_is_a_project_of_its_own(house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        alone = await anna.joins("budget", 0)
        assert "I_nom" not in alone.answers
        assert len({one.project for one in alone.dossiers}) == 2


async def test_nobody_joins_the_project_of_somebody_else(house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        stranger = Someone(anna.conversations, anna.store, Key("telegram", 8, 8))
        await stranger.begins()
        joined = await stranger.joins("budget", 1)
        assert "I_nom" not in joined.answers
        assert 1 not in {one.project for one in joined.dossiers}


@pytest.mark.parametrize("codec", ["", "sealed"])
async def test_the_identity_survives_the_deletion_of_the_dossier_that_kept_it(
    folder, tmp_path, codec
):
    from bot.store import keys

    key = keys.fresh() if codec else None
    settings = Settings(_env_file=None, db=tmp_path / "d.sqlite3", flows=folder, key=key)
    async with cli.opened(settings, cli.library(settings)) as (conversations, store, _):
        anna = Someone(conversations, store)
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        await anna.answers("I_nom", "Deux ponts")
        await anna.act(c.QuestionOpened("I_partenaires"))
        await anna.act(c.AttachmentGiven(c.Attachment("photo", "plan.jpg", "f", 9, message=5)))
        first = await anna.store.conversation(ANNA)
        await anna.joins("budget", first.dossier)
        left = (await anna.act(c.DossierDeleted(first.dossier))).turn.conversation
        assert [one.name for one in left.dossiers] == ["Deux ponts"]
        assert left.answers["I_nom"].text == "Deux ponts"
        told = await anna.store.personal_data(ANNA)
        names = [one.answer.text for _, one in told.history if one.question == "I_nom"]
        assert names == ["Un pont", "Deux ponts"]
        assert [(one.dossier, one.question) for one in told.files] == [
            (left.dossier, "I_partenaires")
        ]


async def test_projects_are_listed_with_their_flows(house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        first = await anna.store.conversation(ANNA)
        await anna.act(c.PanelOpened("project", str(first.dossier)))
        assert "Ajouter un parcours" in anna.labels
        await anna.act(c.PanelOpened("flows", str(first.dossier)))
        assert "Compter avant de partir." in anna.text
        assert anna.labels == ["Le budget d’une rencontre", "Mes dossiers"]
        await anna.joins("budget", first.dossier)
        await anna.act(c.Commanded("projets"))
        assert anna.text.splitlines()[2:5] == [
            "Un pont",
            "· La méthode en six étapes",
            "▸ Le budget d’une rencontre",
        ]
        assert "Un pont · Le budget d’une rencontre" in anna.labels


async def test_an_old_button_to_a_flow_that_left_says_so(house):
    async with house() as anna:
        await anna.begins()
        await anna.act(c.DossierBegun("parti"))
        assert "n’est plus reconnu" in anna.text
        assert len((await anna.store.conversation(ANNA)).dossiers) == 1


async def test_a_dossier_outlives_its_flow_and_comes_back_with_it(house, folder, tmp_path):
    async with house() as anna:
        await anna.begins()
        await anna.joins("budget", 0)
        await anna.answers("B1", "Mille euros")
    (folder / "budget.yaml").rename(tmp_path / "budget.yaml")
    async with house() as anna:
        for event in (
            c.Started(),
            c.Resumed(),
            c.Commanded("manque"),
            c.MovedOn(),
            c.Commanded("x"),
        ):
            await anna.act(event)
            assert "Mes dossiers" in anna.text or "Vos dossiers" in anna.text
        await anna.writes("Encore")
        assert "n’est plus proposé" in anna.text
        await anna.opens(2)
        assert "n’est plus proposé" in anna.text
        assert "Données (JSON)" in anna.labels
        outbound = await anna.act(c.SheetRequested("work", "json"))
        (wanted,) = outbound.reply.wanted
        made = await anna.conversations.make(ANNA, outbound.turn.conversation, wanted, 1.0)
        assert b"Mille euros" in made.content
    (tmp_path / "budget.yaml").rename(folder / "budget.yaml")
    async with house() as anna:
        assert (await anna.opens(2)).answers["B1"].text == "Mille euros"
        assert "Mille euros" in anna.text or "Combien coûte le voyage" in anna.text


# --- what answers call for -------------------------------------------------------------------------


@pytest.fixture
def shelf(folder: Path) -> None:
    """The six steps propose a budget; the rest of what they propose is not offered here."""
    path = folder / "six-etapes.yaml"
    method = path.read_text("utf-8").replace("flow: budget-rencontre", "flow: budget")
    path.write_text(method, "utf-8")


async def test_a_flow_is_proposed_once_where_an_answer_calls_for_it(shelf, house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        first = await anna.store.conversation(ANNA)
        await anna.act(c.QuestionOpened("Q13_etat"))
        await anna.chooses("Q13_etat", "a_trouver")
        await anna.finishes("etape4")
        assert "Si cela vous sert · Le budget d’une rencontre" in anna.text
        assert any(label.startswith("🧭 Le budget") for label in anna.labels)
        await anna.act(c.PanelOpened("flow_offer", "budget"))
        assert "dans le même projet" in anna.text
        await anna.act(c.MovedOn())
        await anna.finishes("etape4")
        assert "Si cela vous sert" not in anna.text  # once
        await anna.act(c.PanelOpened("in_project"))
        assert "Ce que vos réponses peuvent appeler" in anna.text
        begun = await anna.joins("budget", first.dossier)
        assert begun.answers["I_nom"].text == "Un pont"
        await anna.opens(first.dossier)
        await anna.act(c.PanelOpened("in_project"))
        assert "Ce que vos réponses peuvent appeler" not in anna.text
        assert "Le budget d’une rencontre" in anna.labels


async def test_nothing_is_proposed_that_no_answer_calls_for(shelf, house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        await anna.finishes("etape4")
        assert "Si cela vous sert" not in anna.text
        await anna.act(c.PanelOpened("flow_offer", "ailleurs"))
        assert "Un projet peut tenir plusieurs dossiers" in anna.text


# --- annexes -------------------------------------------------------------------------------------


async def test_the_sheets_of_the_other_dossiers_of_a_project_can_be_joined(house):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        first = (await anna.store.conversation(ANNA)).dossier
        await anna.act(c.PanelOpened("export"))
        assert "Joindre les autres parcours" not in anna.labels  # there is none
        await anna.joins("budget", first)
        await anna.act(c.RhythmChosen(c.Rhythm.ESSENTIAL))
        await anna.answers("B1", "Trois cents euros.")
        await anna.opens(first)
        await anna.act(c.PanelOpened("export"))
        await anna.presses("Joindre les autres parcours")
        assert "En annexe : Le budget d’une rencontre" in anna.text
        await anna.presses("Feuille de travail, ici")
        (wanted,) = anna.shown.reply.wanted
        texts = (await anna.made(wanted)).texts
        assert "Trois cents euros." in plain("".join(texts))
        await anna.act(c.PanelOpened("export", "annexed"))
        await anna.presses("Fiche à montrer (PDF)")
        if not anna.shown.reply.wanted:  # the header is proposed first
            await anna.presses("Envoyer sans compléter")
        (wanted,) = anna.shown.reply.wanted
        made = await anna.made(wanted)
        assert "fiche à montrer" in made.caption
        pages = "".join(one.extract_text() for one in PdfReader(io.BytesIO(made.content)).pages)
        assert "La feuille du budget" in pages
        assert "Trois cents euros." in pages
        await anna.act(c.PanelOpened("export"))
        await anna.presses("Feuille de travail, ici")
        (wanted,) = anna.shown.reply.wanted
        assert "Trois cents" not in "".join((await anna.made(wanted)).texts)


async def test_a_sheet_whose_passages_nobody_reread_is_not_joined_and_it_is_said(house):
    async with house() as anna:
        await anna.begins()
        first = (await anna.store.conversation(ANNA)).dossier
        await anna.joins("budget", first)
        await anna.act(c.RhythmChosen(c.Rhythm.ESSENTIAL))
        await anna.answers("B1", "Payé par Mme Durand, trois cents euros.")
        await anna.opens(first)
        await anna.act(c.PanelOpened("export", "annexed"))
        await anna.presses("Feuille de travail, ici")
        (wanted,) = anna.shown.reply.wanted
        told = plain("".join((await anna.made(wanted)).texts))
        assert "trois cents euros" not in told
        assert "Un des parcours joints a des passages à relire" in told


async def test_the_command_joins_the_flows_that_are_named(house, folder, tmp_path):
    async with house() as anna:
        await anna.begins()
        await anna.answers("I_nom", "Un pont")
        await anna.joins("budget", 1)
        await anna.act(c.RhythmChosen(c.Rhythm.ESSENTIAL))
        await anna.answers("B1", "Trois cents euros.")
    db, env = tmp_path / "d.sqlite3", {"FILROUGE_FLOWS": str(folder)}
    for name in ("budget", "tous"):
        joined = filrouge("export", "1", "--annex", name, db=db, env=env)
        assert re.search(r"## Annexe\s: La feuille du budget", joined.stdout), joined.stderr
        assert "Trois cents euros." in joined.stdout
    assert "Trois cents" not in filrouge("export", "1", db=db, env=env).stdout
    assert filrouge("export", "--annex", "1", db=db, env=env).returncode == 0  # as it was before
    assert "(parcours présents : budget)" in one_line(
        filrouge("export", "1", "--annex", "voyage", db=db, env=env)
    )
    assert "pas au format json" in one_line(
        filrouge("export", "1", "--annex", "budget", "--format", "json", db=db, env=env)
    )
