"""A dossier survives an edit of its flow: renamed, removed, added and changed questions, told once."""

import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from bot.content import flow_hash, load_flow, load_layout, load_templates
from bot.domain import conversation as c
from bot.domain.flow import Flow
from bot.domain.flows import Flows
from bot.domain.sheet import build
from bot.domain.versions import brought_up
from bot.export import markdown
from bot.render.replies import Renderer
from bot.service.conversations import Conversations
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key
from bot.store import FlowSnapshot, SqliteStore
from tests.play import ROOT, flow, plain, vocabulary

KEY = Key("test", 1, 1)
METHOD = (ROOT / "flows" / "six-etapes.yaml").read_text(encoding="utf-8")


@cache
def read(path: Path, text: str) -> Flow:
    """An edition, read once while its text is the same."""
    return load_flow(path)


async def meet(db: Path, path: Path, *events: c.Event) -> tuple[c.Conversation, list[str]]:
    """A few turns of one person under one version of the flow."""
    text = path.read_text(encoding="utf-8")
    edition = read(path, text)
    snapshot = FlowSnapshot(
        edition.flow, flow_hash(path), text, edition.roles.name, tuple(edition.questions)
    )
    renderer = Renderer(Flows.of(edition), vocabulary())
    said: list[str] = []
    async with SqliteStore.open(db, snapshot) as store:
        conversations = Conversations(Flows.of(edition), store, renderer, None)  # type: ignore[arg-type]
        for event in events:
            outbound: Outbound = await conversations.handle(Inbound(KEY, event))
            said.append(plain(outbound.reply.text))
        return outbound.turn.conversation, said


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    """A database in which Q2, Q4 and Q6 were answered under the method as shipped."""
    db, path = tmp_path / "d.sqlite3", tmp_path / "six-etapes.yaml"
    path.write_text(METHOD, encoding="utf-8")
    conversation, _ = await meet(
        db, path, c.ConsentGiven(), c.RhythmChosen(c.Rhythm.ESSENTIAL), c.TextGiven("Un nom", 1)
    )
    for question, option in (("Q2", 3), ("Q4", 0), ("Q6", 3)):
        conversation, _ = await meet(db, path, c.QuestionOpened(question))
        conversation, _ = await meet(
            db, path, c.OptionChosen(question, conversation.revision, option)
        )
    assert conversation.answers["Q6"].options == ("un_redige_autre_valide",)
    return db


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    text = METHOD
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path = folder / "edited.yaml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_renamed_option_follows_its_former_id(old: Path, tmp_path: Path) -> None:
    path = edited(tmp_path, ("un_redige_autre_valide", "texte_valide"))
    text = path.read_text(encoding="utf-8")
    option = "id: texte_valide\n"
    text = text.replace(option, f"{option}            was: [un_redige_autre_valide]\n", 1)
    path.write_text(text, encoding="utf-8")
    conversation, said = await meet(old, path, c.Resumed(), c.Resumed())
    assert conversation.answers["Q6"].options == ("texte_valide",)
    assert "à revoir" not in said[0]


async def test_an_option_that_is_gone_is_to_be_reviewed_and_said_once(
    old: Path, tmp_path: Path
) -> None:
    path = edited(tmp_path, ("un_redige_autre_valide", "texte_valide"))
    conversation, said = await meet(old, path, c.Resumed(), c.Resumed())
    assert conversation.answers["Q6"].options == ("un_redige_autre_valide",)
    assert "La méthode a été mise à jour" in said[0]
    assert "Une réponse est à revoir" in said[0]
    assert "mise à jour" not in said[1]


async def test_a_removed_question_keeps_its_answer_apart(old: Path, tmp_path: Path) -> None:
    start = METHOD.index("      - id: Q2\n")
    end = METHOD.index("      - id: Q3\n")
    path = edited(tmp_path, (METHOD[start:end], ""))
    text = path.read_text(encoding="utf-8").replace("order: [Q1, Q3, Q2]", "order: [Q1, Q3]")
    text = _without_rules_on(text, "Q2")
    path.write_text(text, encoding="utf-8")
    conversation, said = await meet(old, path, c.Resumed())
    assert "Une question n’existe plus" in said[0]
    assert conversation.answers["Q2"].options == ("social_seul",)
    assert conversation.place != c.At("Q2")


async def test_an_unchanged_flow_says_nothing(old: Path, tmp_path: Path) -> None:
    _, said = await meet(old, tmp_path / "six-etapes.yaml", c.Resumed())
    assert "mise à jour" not in said[0]


def _without_rules_on(text: str, question: str) -> str:
    """The flow without the conditions that read a question: they become always false."""
    text = re.sub(rf"\b{question} in \[[^\]]*\]", "not answered I_role and answered I_role", text)
    return (
        text.replace(f"missing {question}", "missing Q3")
        .replace(f"{question}, ", "")
        .replace(f", {question}", "")
    )


def test_reading_a_former_answer_costs_nothing_when_nothing_was_renamed() -> None:
    conversation = c.Conversation()
    assert brought_up(flow(), conversation) is conversation


OLD = ROOT / "tests" / "data" / "dossier-ancien.sql"


async def test_a_real_old_database_opens_and_says_what_changed(tmp_path: Path) -> None:
    """A database kept as it was: its method had a question Q0 and an option `dicte` of Q6."""
    db = tmp_path / "d.sqlite3"
    with closing(sqlite3.connect(db)) as kept:
        kept.executescript(OLD.read_text(encoding="utf-8"))
    conversation, said = await meet(
        db, ROOT / "flows" / "six-etapes.yaml", c.Resumed(), c.Resumed()
    )
    assert "Une question n’existe plus : votre réponse est gardée à part." in said[0]
    assert "Une réponse est à revoir" in said[0]
    assert "mise à jour" not in said[1]
    assert conversation.answers["Q0"].text == "Une réponse d’hier"
    assert conversation.answers["Q6"].options == ("dicte",)
    layout = load_layout(ROOT / "flows" / "sheet" / "six-etapes.yaml", flow())
    sheet = build(flow(), conversation, layout=layout, date="2026-11-21")
    printed = markdown.export(sheet, load_templates(ROOT / "templates")).decode()
    assert "Une réponse d’hier" in printed
