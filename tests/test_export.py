"""Every format prints every dossier, whatever was written in it, and changes no word of it."""

import csv
import io
import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from docx import Document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.content import load_cases, load_documents, load_flow, load_templates
from bot.content.document import read_document
from bot.content.model import Model
from bot.content.source import read_source
from bot.domain.conversation import (
    Answer,
    Attachment,
    Conversation,
    Fragment,
    Handling,
    Member,
    Role,
    Together,
    Voice,
)
from bot.domain.sheet import Layout, Sheet, build
from bot.domain.sheet.clean import clean
from bot.errors import ContentError
from bot.export import FORMATS, csv_, json_, telegram
from bot.export.markdown import escape
from bot.export.photos import blank
from bot.export.typesetting import BREAK
from bot.export.words import said_date, words
from bot.service.documents import _file_name
from tests import samples

ROOT = Path(__file__).parents[1]
FLOW = load_flow(ROOT / "flows" / "six-etapes.yaml")
CASES = load_cases(ROOT / "flows" / "cases.yaml")
TEMPLATES = load_templates(ROOT / "templates") | load_documents(ROOT / "templates")
LAYOUT = Model(Layout).read(read_document(read_source(ROOT / "flows/sheet/six-etapes.yaml")))[0]

NASTY = [
    "#let x = 1; $a$ *b* _c_ @d <e> `f` [g] \\ // /* #panic()",
    "{{ 7*7 }}{% raw %}{# #} %(x)s {ici} {la_bas paie|payons}",
    "<script>alert(1)</script>&amp;<b>",
    "\x00\x01\x1b[31m\x7f\x85 \u2028\u2029\ufeff\ufffe\uffff\ufdd0",
    "x" * 20_000,
    "\u202egnp.exe\u202c \u2066abc",
    "seul \ud83d \udc00",
    "مرحبا بالعالم",
    "漢字 አማርኛ ⵜⴰⵎ",
    "👨‍👩‍👧 🇫🇷 👍🏽",
    "a\u0300" * 3000,
    "=HYPERLINK(1)",
]
LETTERS = "".join(
    chr(code)
    for code in (
        *range(0x21, 0x7F),
        *range(0xC0, 0x180),
        *range(0x391, 0x3CA),
        *range(0x410, 0x450),
    )
    if chr(code).isprintable() and code != 0x3A2
)
anything = st.text(st.characters(), max_size=300) | st.sampled_from(NASTY)


PHOTO = Attachment("photo", "", "handle", 3, 9, shown=True)


def said(*options: str, text: str = "") -> Answer:
    return Answer(options, (Fragment(text),) if text else ())


def everywhere(text: str) -> Conversation:
    """A dossier with the same words in every place where someone may write."""
    answers = {question: said(text=text) for question in FLOW.questions}
    chosen = {"Q4": ("partenaire_seul",), "I_role": ("collectivite_fr",), "Q99": ("vieux",)}
    answers |= {key: said(*options, text=text) for key, options in chosen.items()}
    answers["Q5"] = Answer((), (Fragment(text),), (Attachment("document", text, size=3),))
    handled = {rule: Handling("planned", text, text, text) for rule in ("V2.10", "V2.17", "Z9")}
    return Conversation(dossier=1, answers=answers, handled=handled)


def somewhere(text: str) -> Conversation:
    """Names, texts, the caption of a photo, and what two sides say, one under a name of that kind."""
    places = ("I_nom", "I_phrase", "I_territoires_ici", "I_partenaires", "Q3", "Q4", "R1.1")
    answers = {place: said(text=text) for place in places}
    answers["Q6"] = Answer((), (), (replace(PHOTO, caption=text),))
    me = Member(1, Role.OWNER, "ici")
    voices = {
        question: (
            Voice(1, 1, "ici", answer, role=Role.OWNER),
            Voice(2, 2, "la_bas", answer, name=text),
        )
        for question, answer in answers.items()
    }
    return Conversation(answers=answers, together=Together(me, (me,), voices, last=2))


def sheet(conversation: Conversation, document: str = "work") -> Sheet:
    return build(
        FLOW,
        conversation,
        layout=LAYOUT,
        cases=CASES,
        date="2026-11-21",
        document=document,
        include_annex=True,
        ideas=True,
        pictures={PHOTO.bare: blank()},
    )


def bare(text: str) -> str:
    """A text without spaces and invisible signs, to compare words whatever their lines."""
    return "".join(one for one in text if not one.isspace() and unicodedata.category(one) != "Cf")


# --- whatever was written ------------------------------------------------------------------------


@pytest.mark.parametrize("document", ["show", "work"])
@pytest.mark.parametrize("format", sorted(FORMATS))
def test_an_empty_dossier_has_every_format(format: str, document: str) -> None:
    assert FORMATS[format].export(sheet(Conversation(), document), TEMPLATES)


@pytest.mark.parametrize("format", sorted(FORMATS))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything)
def test_nothing_that_is_written_breaks_a_format(format: str, text: str) -> None:
    assert FORMATS[format].export(sheet(somewhere(text)), TEMPLATES)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_the_worst_words_everywhere_break_no_format(text: str) -> None:
    short = text[:2000]
    for document in ("show", "work"):
        for format in FORMATS.values():
            assert format.export(sheet(everywhere(short), document), TEMPLATES)


class _Page(HTMLParser):
    """The text of a page, its tags, and whether they close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


@settings(max_examples=40, deadline=None)
@given(anything)
@example("<script>x</script>")
def test_a_page_says_the_words_and_closes_its_tags(text: str) -> None:
    page = _Page(FORMATS["html"].export(sheet(somewhere(text)), TEMPLATES).decode())
    assert not page.open
    assert "script" not in page.tags
    assert bare(clean(text)) in bare(page.text)
    assert page.headings[0] == 1
    assert all(
        after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False)
    )


@settings(max_examples=60, deadline=None)
@given(st.text(LETTERS + " ", min_size=1, max_size=400))
def test_the_text_of_a_pdf_is_the_text_given(text: str) -> None:
    made = FORMATS["pdf"].export(sheet(Conversation(answers={"R1.1": said(text=text)})), TEMPLATES)
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert _spelled(text) in _spelled(printed)


@settings(max_examples=10, deadline=None)
@given(st.text(LETTERS + " ", min_size=1, max_size=200).filter(str.strip))
def test_captions_are_printed_as_they_were_written(text: str) -> None:
    dossier = Conversation(answers={"Q6": Answer((), (), (replace(PHOTO, caption=text),))})
    pdf = PdfReader(io.BytesIO(FORMATS["pdf"].export(sheet(dossier), TEMPLATES)))
    assert _spelled(text) in _spelled("".join(page.extract_text() for page in pdf.pages))
    word = Document(io.BytesIO(FORMATS["docx"].export(sheet(dossier), TEMPLATES)))
    assert bare(text) in [bare(one.text) for one in word.paragraphs]


@settings(max_examples=200, deadline=None)
@given(anything, st.sampled_from(["fiche", "feuille"]))
def test_the_name_of_a_file_is_safe_on_any_disk(title: str, stem: str) -> None:
    name = _file_name(stem, title, 1_795_000_000.0)
    assert re.fullmatch(rf"{stem}(-[a-z0-9-]*[a-z0-9])?-2026-11-18", name)
    assert len(name) < 90
    assert _file_name("fiche", "Régie de quartier", 1_795_000_000.0).startswith(
        "fiche-regie-de-quartier-"
    )


@pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="pdftotext reads ActualText; pypdf does not"
)
@pytest.mark.parametrize(
    "text", ["漢字አማርኛ", "👍🏽 👨‍👩‍👧", "مرحبا", "שלום", "#let x = 1 {{ y }} <b>"]
)
def test_signs_that_no_font_draws_can_still_be_copied(text: str, tmp_path: Path) -> None:
    made = FORMATS["pdf"].export(sheet(Conversation(answers={"Q3": said(text=text)})), TEMPLATES)
    (tmp_path / "sheet.pdf").write_bytes(made)
    command = ["pdftotext", str(tmp_path / "sheet.pdf"), "-"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert bare(text) in bare(printed)


def _spelled(text: str) -> str:
    """Ligatures and composed letters told apart no more; spaces and breaks left out."""
    return bare(unicodedata.normalize("NFKD", text).replace(BREAK, ""))


def test_a_pdf_is_tagged_titled_and_small() -> None:
    made = FORMATS["pdf"].export(sheet(everywhere("Écrire à deux, c’est mieux.")), TEMPLATES)
    catalog = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert catalog["/Lang"] == "fr"
    assert catalog["/MarkInfo"]["/Marked"] is True or catalog["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in made
    assert len(made) < 200_000


@pytest.mark.parametrize("document", ["show", "work"])
@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_a_pdf_weighs_little_and_the_document_to_show_is_three_pages_at_most(
    sample: str, document: str
) -> None:
    made = FORMATS["pdf"].export(samples.sheet(samples.SAMPLES[sample], document), TEMPLATES)
    assert len(made) < 200_000
    assert document == "work" or len(PdfReader(io.BytesIO(made)).pages) <= 3


def test_what_to_settle_is_a_tagged_table_with_headers() -> None:
    made = FORMATS["pdf"].export(samples.sheet(samples.ORDINARY), TEMPLATES)
    roles = list(_roles(PdfReader(io.BytesIO(made)).trailer["/Root"]["/StructTreeRoot"]))
    assert roles.count("/Table") == 3  # first, following, action plan
    assert roles.count("/TH") == 4 + 4 + 5


def _roles(node: Any) -> Iterator[str]:
    """The role of every element of a structure tree."""
    if "/S" in node:
        yield node["/S"]
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(found, dict):
            yield from _roles(found)


def test_a_markdown_text_is_escaped_and_only_that() -> None:
    for text in ("*a* _b_ [c](d) <e> `f` # ~ | $ & \\", "1. un", "- deux", "+ trois", "= quatre"):
        assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escape(text)) == text
    assert escape("1. un") == "1\\. un"


# --- Telegram --------------------------------------------------------------------------------------

TAGS = {"b", "i", "u"}


@settings(max_examples=60, deadline=None)
@given(anything)
@example("& " * 5000)
@example("😀" * 5000)
def test_messages_hold_whole_tags_within_telegram_s_limits(text: str) -> None:
    said_all = ""
    for message in telegram.messages(sheet(somewhere(text)), TEMPLATES):
        assert len(message.encode("utf-16-le")) // 2 <= 4000
        assert message.strip()
        tags = re.findall(r"<(/?)(\w+)>", message)
        depth: list[str] = []
        for closing, tag in tags:
            assert tag in TAGS
            if closing:
                assert depth.pop() == tag
            else:
                depth.append(tag)
        assert not depth
        assert len(tags) <= 200
        assert not re.search(r"&(?!(amp|lt|gt);)", message)
        said_all += unescape(re.sub(r"</?[biu]>", "", message))
    assert bare(clean(text)) in bare(said_all)


def test_a_short_sheet_is_one_message() -> None:
    shown = sheet(Conversation(answers={"I_nom": said(text="Essai")}), "show")
    assert len(telegram.messages(shown, TEMPLATES)) == 1


# --- JSON ------------------------------------------------------------------------------------------


def test_the_export_has_the_form_of_the_contract() -> None:
    conversation = Conversation(
        dossier=7,
        answers={
            "I_nom": said(text="Essai"),
            "I_public": said("jeunes"),
            "Q4": said("croise", text="Une visite"),
            "Q4_habitants": said("hab_analyse"),
            "R4.1": said(text="La mission locale"),
            "Q8": Answer(skipped=True),
            "Q6": said("un_redige_autre_valide"),
        },
    )
    data = json_.document(FLOW, conversation)
    assert data["dossier"] == {
        "id": 7,
        "flow": "six-etapes",
        "flow_version": FLOW.version,
        "title": "Essai",
        "status": "under_way",
    }
    assert data["identity"] == {"I_nom": "Essai", "I_public": ["jeunes"]}
    assert data["answers"]["Q4"] == {
        "options": ["croise"],
        "details": {"Q4_habitants": ["hab_analyse"]},
        "text": "Une visite",
        "follow_ups": {"R4.1": "La mission locale"},
    }
    assert data["skipped"] == ["Q8"]
    first = next(one for one in data["vigilance"] if one["id"] == "V2.17")
    assert first["because"] == ["Q6"]
    assert first["shown"] == "first"
    assert {"question": "Q8", "rules": ["V3.12"]} in [
        {**one, "rules": [rule for rule in one["rules"] if rule == "V3.12"]}
        for one in data["open_questions"]
    ]


def test_while_under_way_only_skipped_questions_are_open_and_all_empty_ones_in_a_trial() -> None:
    under_way = json_.document(FLOW, Conversation(answers={"Q8": Answer(skipped=True)}))
    assert [one["question"] for one in under_way["open_questions"]] == ["Q8"]
    trial = json_.document(FLOW, Conversation(), complete=True)
    assert len(trial["open_questions"]) >= len(FLOW.counted)


options = {
    question.id: [option.id for option in question.options] for question in FLOW.questions.values()
}


@st.composite
def dossiers(draw: st.DrawFn) -> Conversation:
    keys = draw(st.lists(st.sampled_from([*FLOW.questions, "Q99", "R99.1"]), unique=True))
    answers = {}
    for key in keys:
        known = [*options.get(key, []), "autre"]
        chosen = draw(st.lists(st.sampled_from(known), unique=True, max_size=3))
        chosen += draw(st.sampled_from([[], ["disparu"]]))
        text = draw(st.just("") | st.sampled_from([*known, "oui"]) | anything)
        files = draw(st.lists(st.just(Attachment("photo", "a.jpg", size=4)), max_size=1))
        answers[key] = Answer(
            tuple(chosen), (Fragment(text),) if text else (), tuple(files), draw(st.booleans())
        )
    handled = draw(st.dictionaries(st.sampled_from(["V2.3", "Z1"]), st.just(Handling("done", "a"))))
    return Conversation(answers=answers, handled=handled, finished=draw(st.booleans()))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(dossiers())
def test_export_then_read_then_export_is_identical_and_fits_the_schema(
    conversation: Conversation,
) -> None:
    data = json_.document(FLOW, conversation)
    again = json_.load(json_.dump(data))
    assert json_.document(FLOW, json_.read(FLOW, again)) == data
    jsonschema.validate(data, json.loads(TEMPLATES[json_.SCHEMA_FILE]))


def test_a_few_answers_are_enough() -> None:
    conversation = json_.read(
        FLOW,
        {
            "identity": {"I_public": ["jeunes"], "I_stade": "montage", "I_nom": "Essai"},
            "answers": {
                "Q3": ["accompagner_personnes"],
                "Q6": "ecrit_ensemble",
                "Q4": {"details": {"Q4_habitants": "hab_absents", "Q4_moyens": "Un peu de temps"}},
                "Q16_ici": "Une maison des jeunes",
                "Q5": {"text": "croise"},
            },
        },
    )
    assert conversation.answers["Q6"].options == ("ecrit_ensemble",)
    assert conversation.answers["Q4_habitants"].options == ("hab_absents",)
    assert conversation.answers["Q4_moyens"].text == "Un peu de temps"
    assert conversation.answers["I_nom"].text == "Essai"
    assert conversation.answers["I_stade"].options == ("montage",)
    assert conversation.answers["Q5"].text == "croise"
    assert "Q4" not in conversation.answers


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"answers": {"Q44": ["a"]}}, "answers.Q44 : cette question n’existe pas (Q4 ?)"),
        (
            {"answers": {"Q4": ["croisé"]}},
            "answers.Q4 : « croisé » n’est pas une option (croise ?)",
        ),
        ({"answers": {"Q4": {"options": ["croisee"]}}}, "answers.Q4.options : « croisee »"),
        (
            {"answers": {"Q4": {"details": {"Q4_habitant": []}}}},
            "answers.Q4.details.Q4_habitant : cette question n’existe pas (Q4_habitants ?)",
        ),
        (
            {"answers": {"Q4": {"details": {"Q4_habitants": "hab_absent"}}}},
            "answers.Q4.details.Q4_habitants : « hab_absent » n’est pas une option (hab_absents ?)",
        ),
        ({"answers": {"Q4": {"option": []}}}, "answers.Q4.option : champ inconnu (options ?)"),
        ({"answers": []}, "answers : il faut un objet"),
        ({"answers": {"Q4": 3}}, "answers.Q4 : il faut une liste de textes"),
        ({"identity": {"Q4": []}}, "identity.Q4 : cette question n’existe pas"),
        ({"handled": {"V2.3": {"how": "fait"}}}, "handled.V2.3.how : il faut « done »"),
    ],
)
def test_a_fault_is_told_by_its_path(data: dict[str, object], fault: str) -> None:
    with pytest.raises(ContentError) as told:
        json_.read(FLOW, data)
    assert fault in str(told.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ContentError) as told:
        json_.read(FLOW, {"answers": {"Q44": [], "Q5": ["x"]}, "identity": {"I_x": ""}})
    assert len(str(told.value).splitlines()) == 3


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 100_000, "\ud800"])
def test_what_is_not_an_object_is_refused_in_french(text: str) -> None:
    with pytest.raises(ContentError, match="JSON"):
        json_.load(text)


# --- CSV, dates, words -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(anything)
@example("=1+1")
@example("\t@cmd")
@example("\u200b-1")
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    made = csv_.table([sheet(somewhere(text)), sheet(Conversation(dossier=2))], TEMPLATES)
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == 3
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().lstrip("\u200b\ufeff")[:1] or cell.lstrip()[0] not in "=+-@"


def test_dates_are_said_in_french() -> None:
    say = words(TEMPLATES)
    assert said_date("2026-11-21", say) == "21 novembre 2026"
    assert said_date("2026-12-01", say) == "1er décembre 2026"
    assert said_date("hier", say) == "hier"
    assert said_date("2026-13-01", say) == "2026-13-01"
