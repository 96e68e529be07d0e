"""Each person is spoken to in their language; a dossier's documents have one of their own."""

import re
import time
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.cli import main
from bot.config import Settings
from bot.domain import conversation as c
from bot.service.ports import Inbound, Key
from tests.play import Play
from tests.test_flows import Someone

ANNA, BILL = Key("telegram", 7, 7), Key("telegram", 8, 8)
ACCENTS = re.compile(r"[éèêàçùœ«»]| [:;!?]")


@cache
def library() -> cli.Library:
    return cli.library(Settings(_env_file=None))


class Speaker(Someone):
    """Whose device is set to a language."""

    device = ""

    async def act(self, event: c.Event) -> Any:
        inbound = Inbound(self.key, event, language=self.device)
        self.shown = await self.conversations.handle(inbound)
        return self.shown


@pytest.fixture
async def speaker(tmp_path: Path) -> AsyncIterator[Any]:
    settings = Settings(_env_file=None, db=tmp_path / "d.sqlite3")
    async with cli.opened(settings, library()) as (conversations, store, _):

        def make(device: str = "", key: Key = ANNA) -> Speaker:
            one = Speaker(conversations, store, key)
            one.device = device
            return one

        yield make


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("", "Rien n’est gardé avant votre accord."),
        ("fr", "Rien n’est gardé avant votre accord."),
        ("en", "Nothing is kept before you agree."),
        ("en-GB", "Nothing is kept before you agree."),
        ("de", "Rien n’est gardé avant votre accord."),
        ("???", "Rien n’est gardé avant votre accord."),
    ],
)
async def test_a_newcomer_is_met_in_the_language_of_their_device(speaker, device, said):
    bill = speaker(device)
    await bill.act(c.Started())
    assert said in bill.text


async def test_what_a_person_chose_is_kept_whatever_their_device_says(speaker):
    bill = speaker("en")
    await bill.begins()
    assert "What name do you give your project?" in bill.text
    await bill.act(c.Commanded("langue"))
    assert bill.labels[:3] == ["Français", "العربية …", "English ✓"]
    await bill.act(c.LanguageChosen("fr"))
    assert "nous continuons en français" in bill.text
    assert "Quel nom donnez-vous à votre projet" in bill.text
    await bill.act(c.Resumed())
    assert "Quel nom donnez-vous" in bill.text


async def test_a_device_that_changes_language_changes_the_conversation(speaker):
    bill = speaker("en")
    await bill.begins()
    bill.device = "fr"
    await bill.act(c.Resumed())
    assert "Quel nom donnez-vous" in bill.text
    bill.device = ""  # an edit says no language
    await bill.act(c.Resumed())
    assert "Quel nom donnez-vous" in bill.text


async def test_before_an_agreement_the_choice_is_carried_and_nothing_is_kept(speaker):
    bill = speaker("de")
    await bill.act(c.Started())
    await bill.act(c.PanelOpened("language"))
    (english,) = [b for row in bill.shown.reply.rows for b in row if b.label == "English"]
    await bill.act(english.event)
    assert "Nothing is kept before you agree." in bill.text
    assert await bill.store.personal_data(ANNA) is None
    (discover,) = [b for row in bill.shown.reply.rows for b in row if b.label == "Discover"]
    await bill.act(discover.event)
    assert "How it works" in bill.text
    await bill.act(bill.shown.reply.rows[0][0].event)
    assert "At what pace?" in bill.text
    assert (await bill.store.conversation(ANNA)).language == "en"


async def test_a_language_that_is_not_offered_changes_nothing(speaker):
    bill = speaker("fr")
    await bill.begins()
    await bill.act(c.LanguageChosen("tlh"))
    assert "n’est plus reconnu" in bill.text
    assert (await bill.store.conversation(ANNA)).language == "fr"


async def test_a_dossier_written_in_french_is_read_with_english_questions(speaker):
    anna = speaker("fr")
    await anna.begins()
    await anna.answers("I_territoires_ici", "à Thiès")
    await anna.act(c.QuestionOpened("Q2"))
    now = await anna.store.conversation(ANNA)
    await anna.act(c.OptionChosen("Q2", now.revision, 0))
    await anna.act(c.LanguageChosen("en"))
    await anna.act(c.PanelOpened("modify", "etape1"))
    question = library().flows.flow("six-etapes", "en").questions["Q2"]
    assert f"{question.title}: Thiès and their side" in anna.text
    assert (await anna.store.conversation(ANNA)).answers["Q2"].options == (question.options[0].id,)


async def test_documents_are_made_in_the_language_chosen_for_them(speaker):
    anna = speaker("fr")
    await anna.begins()
    await anna.answers("I_nom", "Deux rives")
    await anna.act(c.PanelOpened("export"))
    assert "Langue : Français" in anna.labels
    await anna.act(c.PanelOpened("sheet_language"))
    assert anna.labels[:2] == ["Français ✓", "English"]
    await anna.act(c.SheetLanguageChosen("en"))
    assert "Langue : English" in anna.labels
    outbound = await anna.act(c.SheetRequested("work", "md"))
    now = outbound.turn.conversation
    made = await anna.conversations.make(ANNA, now, c_wanted("work", "md"), time.time())
    assert "Working sheet" in made.content.decode()
    assert made.name.startswith("working-sheet-deux-rives-")
    assert "Voici la feuille de travail" in made.caption


async def test_the_documents_of_a_dossier_begun_in_english_are_in_english(speaker):
    bill = speaker("en")
    await bill.begins()
    await bill.act(c.PanelOpened("export"))
    assert "Language: English" in bill.labels
    assert (await bill.store.conversation(ANNA)).sheet_language == "en"


async def test_a_language_told_in_part_is_not_that_of_documents(speaker):
    leila = speaker("ar")
    await leila.act(c.LanguageChosen("ar"))
    await leila.begins()
    assert (await leila.store.conversation(ANNA)).sheet_language in ("", "fr")


def c_wanted(document: str, form: str) -> Any:
    from bot.render.reply import Wanted

    return Wanted(document, form)


async def test_the_whole_interface_is_said_in_english(speaker):
    """Every page, walked through in English, without a French accent but in what flows name."""
    bill = speaker("en")
    await bill.begins()
    await bill.answers("I_nom", "Two shores")
    for name in (
        "aide",
        "manque",
        "vigilance",
        "modifier",
        "projets",
        "exporter",
        "rythme",
        "etapes",
        "privacy",
        "supprimer",
        "modele",
        "pause",
        "fiche",
        "langue",
        "jouer",
    ):
        await bill.act(c.Commanded(name))
        words = bill.text + " ".join(bill.labels)
        assert not ACCENTS.search(words.replace("Français", "")), (name, words)


def test_the_command_line_exports_in_another_language(tmp_path, monkeypatch, capsys):
    import asyncio

    db = tmp_path / "d.sqlite3"
    monkeypatch.setenv("FILROUGE_DB", str(db))

    async def fill() -> None:
        settings = Settings(_env_file=None, db=db)
        async with cli.opened(settings, library()) as (conversations, store, _):
            anna = Speaker(conversations, store, ANNA)
            await anna.begins()
            await anna.answers("I_nom", "Deux rives")

    asyncio.run(fill())
    assert main(["export", "1", "--language", "en-GB", "-o", str(tmp_path / "a.md")]) == 0
    assert "Working sheet" in (tmp_path / "a.md").read_text("utf-8")
    assert main(["export", "1", "--language", "es"]) == 1
    assert "n’existe pas en « es » (langues : fr, ar, en)" in capsys.readouterr().err
    assert main(["export", "1", "--language", "english"]) == 1
    assert "« english » n’est pas un code de langue (en ?)" in capsys.readouterr().err


# --- from the right to the left ----------------------------------------------------------------------

ISOLATED = "\u2068Thiès\u2069"


async def test_a_language_told_in_part_is_chosen_never_imposed(speaker):
    bill = speaker("ar")
    await bill.act(c.Started())
    assert "Rien n’est gardé avant votre accord." in bill.text
    await bill.act(c.PanelOpened("language"))
    assert bill.labels[:3] == ["Français ✓", "العربية …", "English"]
    await bill.act(c.LanguageChosen("ar"))
    assert "لا يُحفظ شيء قبل موافقتكم." in bill.text


async def test_the_first_page_reads_from_the_right_and_latin_names_keep_their_direction(speaker):
    bill = speaker("fr")
    await bill.begins()
    await bill.act(c.LanguageChosen("ar"))
    assert "ما اسم مشروعكم؟" in bill.text
    await bill.act(c.RhythmChosen(c.Rhythm.FIRST_PAGE))
    await bill.writes("Deux rives")
    await bill.answers("I_territoires_ici", "à Thiès")
    await bill.act(c.QuestionOpened("Q16_ici"))
    assert f"ماذا يجلب المشروع لـ {ISOLATED}؟" in bill.text
    await bill.act(c.QuestionOpened("I_stade"))
    assert bill.labels[:4] == ["فكرة", "قيد الإعداد", "قيد التنفيذ", "وقت الحصيلة"]
    await bill.act(c.QuestionOpened("Q3"))
    noted = bill.text.splitlines()[0]
    assert noted.count("\u2068") == noted.count("\u2069") > 0
    first = next(one for one in noted if one.isalpha())
    assert "\u0600" <= first <= "\u06ff", "the first letter gives the line its direction"


def test_the_sentence_of_the_first_page_is_told_in_arabic() -> None:
    play = Play(language="ar")
    play.send("/start")
    play.act(c.ConsentGiven())
    play.act(c.RhythmChosen(c.Rhythm.FIRST_PAGE))
    for _ in range(40):
        if not isinstance(play.place, c.At):
            break
        assert "Qu’" not in play.text
        options = [b for row in play.reply.rows for b in row if isinstance(b.event, c.OptionChosen)]
        question = play.flow.questions[play.place.question]
        if play.place.telling or not options:
            play.send("Thiès")
        else:
            play.act(options[0].event)
            if question.choose == "many":
                play.act(next(b for r in play.reply.rows for b in r if "▶" in b.label).event)
    assert isinstance(play.place, c.FirstPageEnd)
    assert f"في {ISOLATED}، نريد مرافقة الشباب" in play.text


async def test_a_sheet_in_arabic_says_its_direction(speaker):
    anna = speaker("fr")
    await anna.begins()
    await anna.answers("I_nom", "Deux rives")
    await anna.act(c.SheetLanguageChosen("ar"))
    now = await anna.store.conversation(ANNA)
    made = await anna.conversations.make(ANNA, now, c_wanted("show", "html"), time.time())
    assert '<html lang="ar" dir="rtl">' in made.content.decode()


# --- a whole walk ------------------------------------------------------------------------------------

FRENCH = re.compile(r"[«»]|\w [:;!?]|\b(?:les|une|vous|nous|est|dans|avec|pour|qui|votre|cette)\b")


def test_a_whole_walk_in_english_shows_no_french_word() -> None:
    """In depth, whatever is asked, with the help, examples and words of each question, and the reviews."""
    play = Play(language="en")
    play.send("/start")
    play.click("I agree and begin", "In depth")
    met = set()
    for _ in range(700):
        place = play.place
        assert_english(play)
        if isinstance(place, c.Review):
            break
        if isinstance(place, c.At):
            answer(play, place, met)
        else:
            play.click("Continue")
    assert {f"Q{number}" for number in range(1, 20)} <= met
    for name in ("manque", "vigilance", "modifier", "exporter", "etapes", "projets"):
        play.send(f"/{name}")
        assert_english(play)


def answer(play: Play, place: c.At, met: set[str]) -> None:
    question = play.flow.questions[place.question]
    if not place.telling and question.id not in met:
        for panel in ("help", "examples", "terms"):
            play.act(c.PanelOpened(panel, question.id))
            assert_english(play)
        play.act(c.Resumed())
    met.add(question.id)
    options = [b for row in play.reply.rows for b in row if isinstance(b.event, c.OptionChosen)]
    if place.telling or not options or question.id == play.flow.roles.there:
        play.send("A few words")
        if play.place == place:
            play.click("Continue")
    elif question.choose == "one":
        play.act(options[0].event)
    else:
        play.act(options[0].event)
        play.click("Continue")


def assert_english(play: Play) -> None:
    shown = "\n".join((play.text, *play.labels, play.reply.toast))
    found = FRENCH.search(shown)
    assert not found, f"{found and found[0]!r} at {play.place}:\n{shown}"
