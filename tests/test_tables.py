"""Questions of kind « rows »: tables walked cell by cell, amounts as people write them, the balance."""

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import jsonschema
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pypdf import PdfReader

from bot.content import inspect, load_flow, read_flow, read_overlay
from bot.content.source import Source
from bot.domain import conversation as c
from bot.domain.amounts import Amount, difference, read, total, written
from bot.domain.check import check
from bot.domain.engine import transition
from bot.domain.flow import Cell, Flow
from bot.domain.flows import Flows
from bot.domain.graph import mermaid
from bot.domain.sheet import Entry, Part, Row, Sheet, build, plain_layout
from bot.domain.tables import table
from bot.domain.wording import Wording
from bot.export import FORMATS, questionnaire
from bot.export.json_ import SCHEMA_FILE, document
from bot.export.reading import read as read_back
from bot.export.telegram import messages
from tests.play import ROOT, Play, renderer_of
from tests.samples import TEMPLATES

PATH = ROOT / "tests" / "data" / "tableau.yaml"


@cache
def outing() -> Flow:
    return load_flow(PATH)


def at_the_table() -> Play:
    play = Play(outing())
    play.send("/start")
    play.click("J’accepte et je commence", "L’essentiel")
    play.send("La sortie au lac")
    return play


def test_words_written_before_any_rhythm_was_chosen_are_kept_where_there_is_no_first_page() -> None:
    play = Play(outing())
    play.send("/start")
    play.click("J’accepte et je commence")
    play.send("La sortie au lac")
    assert play.answered(outing().roles.name).text == "La sortie au lac"


def test_an_old_button_to_a_first_page_that_the_flow_has_not_opens_the_essential() -> None:
    play = Play(outing())
    play.send("/start")
    play.click("J’accepte et je commence")
    play.act(c.RhythmChosen(c.Rhythm.FIRST_PAGE))
    assert play.conversation.rhythm is c.Rhythm.ESSENTIAL
    assert play.place == c.At(outing().roles.name)


# --- amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1 200,50 €", "1200.50", "€"),
        ("3 000 FCFA", "3000", "FCFA"),
        ("3000 F CFA", "3000", "FCFA"),
        ("1 200 000 francs CFA", "1200000", "FCFA"),
        ("1 200 €", "1200", "€"),
        ("1.200,50", "1200.50", ""),
        ("1,200.50 EUR", "1200.50", "€"),
        ("environ 1200 euros", "1200", "€"),
        ("$ 300", "300", "$"),
        ("300 dirhams", "300", "MAD"),
        ("45 XPF", "45", "XPF"),
        ("12 k€", "12000", "€"),
        ("1,5 million d’euros", "1500000", "€"),
        ("40 x 12 €", "480", "€"),
        ("40 × 12,50 €", "500", "€"),
        ("0", "0", ""),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, value: str, currency: str) -> None:
    assert read(text) == Amount(Decimal(value), currency)


@pytest.mark.parametrize(
    "text", ["à voir", "", "2 nuits à 60 €", "entre 300 et 400 €", "-20 €", "9" * 300]
)
def test_what_may_be_two_amounts_or_none_is_not_guessed(text: str) -> None:
    assert read(text) is None


def test_totals_keep_currencies_apart_and_lend_the_only_one() -> None:
    euros = total([Amount(Decimal(100), "€"), Amount(Decimal(50))])
    assert euros.parts == (Amount(Decimal(150), "€"),)
    both = total([Amount(Decimal(1), "€"), Amount(Decimal(2), "FCFA"), Amount(Decimal(3))])
    assert [one.currency for one in both.parts] == ["€", "FCFA", ""]
    assert difference(euros, total([Amount(Decimal(150))])) == Amount(Decimal(0), "€")
    assert difference(euros, both) is None


def test_an_amount_is_said_as_each_language_writes_it() -> None:
    amount, franc = Amount(Decimal("1200.50"), "€"), Amount(Decimal(3000), "FCFA")
    assert written(amount, "fr") == "1\u202f200,50\xa0€"
    assert written(amount, "en") == "€1,200.50"
    assert (written(franc, "fr"), written(franc, "en")) == ("3\u202f000\xa0FCFA", "3,000\xa0FCFA")


@given(st.decimals(0, 10**12, places=2))
def test_an_amount_written_is_read_back(value: Decimal) -> None:
    text = written(Amount(value, "€"), "fr")
    assert read(text) == Amount(value, "€")


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_is_not(text: str) -> None:
    found = read(text)
    assert found is None or found.value >= 0


# --- a walk ----------------------------------------------------------------------------------------


def test_a_table_is_walked_cell_by_cell_then_shown_whole_with_its_balance() -> None:
    play = at_the_table()
    assert play.place == c.At("car_depense")
    assert "Notez ce que chaque ligne coûte" in play.text
    assert "ligne 1 sur 3" in play.text
    play.send("1 200 €")
    assert "Noté · Le car · Dépenses : 1 200 €" in play.text
    assert "Qui paie, et combien ?" in play.text
    play.send("800")
    play.click("À confirmer", "Prendre cette proposition")
    assert play.answered("car_note").text == "Demander trois devis."
    assert play.place == c.At("repas_depense")
    play.send("un panier chacun")
    assert "il ne comptera pas dans le total" in play.text
    play.click("Ligne suivante")
    assert play.answered("repas_note").skipped
    play.send("Entrées du musée")
    assert "Entrées du musée" in play.text
    play.send("20 x 5 €")
    play.click("Ligne suivante", "Pas d’autre ligne")
    assert play.place == c.At("S1", telling=True)
    assert "Dépenses : 1\u202f300\xa0€" in play.text
    assert "il manque 500\xa0€ de recettes" in play.text
    assert "« un panier chacun »" in play.text
    play.click("Continuer")
    assert play.place == c.At("S2")
    assert play.answered("S1").given


def test_a_row_opened_from_the_table_is_gone_through_then_the_table_comes_back() -> None:
    play = at_the_table()
    for _ in range(2):
        play.click("Ligne suivante")
    play.click("Pas d’autre ligne")
    assert not play.answered("S1").given
    play.click("Le repas")
    play.send("300 €")
    assert play.place == c.At("repas_recette")
    play.send("300 €")
    assert play.place == c.At("repas_avis")
    play.click("Ligne suivante")
    assert play.place == c.At("S1", telling=True)
    assert "s’équilibrent" in play.text
    play.click("Ajouter une ligne")
    play.send("Guide")
    play.click("Ligne suivante")
    assert play.place == c.At("S1", telling=True)
    assert play.button("Guide")
    play.send("On verra en mars.")
    assert "On verra en mars." in play.text
    assert play.answered("S1").text == "On verra en mars."


def test_the_table_is_seen_from_any_cell_and_leads_to_any_row() -> None:
    play = at_the_table()
    play.send("90 €")
    play.click("Voir le tableau")
    assert "Dépenses : 90\xa0€" in play.text
    play.click("Le repas", "Ligne suivante")
    assert play.place == c.At("car_recette")


def test_a_table_is_one_line_to_reread_and_one_thing_that_is_missing() -> None:
    play = at_the_table()
    play.send("/manque")
    assert "Le budget de la sortie" in play.text
    play.click("Reprendre")
    play.send("90 €")
    play.send("/modifier")
    play.click("Étape 1")
    assert "1 ligne remplie · Dépenses : 90\xa0€" in play.text
    assert len(play.reply.rows) < 6
    play.click("Le budget de la sortie")
    assert play.place == c.At("S1", telling=True)


def test_a_table_emptied_counts_as_open_again() -> None:
    play = at_the_table()
    play.send("90 €")
    assert play.answered("S1").given
    play.act(c.TextCleared("car_depense"))
    assert not play.answered("S1").given


def test_a_press_on_an_old_cell_says_so_and_changes_nothing() -> None:
    play = at_the_table()
    old = play.button("Ligne suivante").event
    play.send("90 €")
    play.send("30 €")
    before = play.conversation.answers
    play.act(old)
    assert play.reply.toast
    assert play.conversation.answers == before


def test_a_table_goes_out_and_comes_back_as_data() -> None:
    play = at_the_table()
    play.send("1 200 €")
    play.click("Ligne suivante")
    data = document(outing(), play.conversation)
    assert data["answers"]["S1"]["details"]["car_depense"] == "1 200 €"
    assert read_back(outing(), data).answers["car_depense"].text == "1 200 €"


def a_sheet(document: Literal["show", "work"]) -> Sheet:
    play = at_the_table()
    play.send("1 200 €")
    play.send("800")
    play.click("À confirmer")
    play.send("Puis <b>réserver</b> | tôt")
    play.click("Continuer")
    play.send("un panier chacun")
    play.click("Ligne suivante")
    play.send("=Entrées")
    play.send("20 x 5,10 €")
    return build(outing(), play.conversation, document=document, date="2026-11-25")


def printed(form: str, document: Literal["show", "work"] = "work") -> str:
    made = FORMATS[form].export(a_sheet(document), TEMPLATES)
    match form:
        case "pdf":
            pages = PdfReader(io.BytesIO(made)).pages
            return "\n".join(one.extract_text() for one in pages)
        case "docx":
            (filled,) = Document(io.BytesIO(made)).tables
            return "\n".join(" ; ".join(cell.text for cell in row.cells) for row in filled.rows)
        case _:
            return made.decode()


@pytest.mark.parametrize("form", ["pdf", "docx", "html", "md", "txt"])
def test_a_table_is_printed_as_a_table_in_every_format(form: str) -> None:
    text = printed(form)
    for said in ("Dépenses", "Le car", "un panier chacun", "À confirmer", "=Entrées"):
        assert said in text.replace("\\=", "="), said
    assert re.search(r"1[\s\u202f]302", text)  # the total
    if form != "docx":
        assert "il manque 502" in " ".join(text.split())


def test_a_table_in_words_of_each_format() -> None:
    assert re.search(r"\| Le car \| 1\s200\s€ \| 800 \| À confirmer \| Puis \\<b", printed("md"))
    assert '<th scope="row" dir="auto">Le car</th>' in printed("html")
    assert "<b>réserver" not in printed("html")
    assert re.match(r"Le car ; 1\s200", printed("docx").splitlines()[1])
    assert printed("docx").splitlines()[-1].startswith("Total")
    rows = list(csv.reader(io.StringIO(printed("csv").removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][3:5] == ["Dépenses (€)", "Recettes (€)"]
    assert rows[1][2:5] == ["Le car", "1200", "800"]
    assert rows[3][2:4] == ["'=Entrées", "102"]
    data = json.loads(printed("json"))
    assert data["tables"]["S1"]["rows"][0]["cells"]["avis"] == "À confirmer"
    assert data["tables"]["S1"]["balances"][0]["how"] == "short"
    schema = json.loads((ROOT / "templates" / SCHEMA_FILE).read_text("utf-8"))
    jsonschema.validate(data, schema)


def test_a_table_in_the_chat_is_told_row_by_row_within_a_phones_width() -> None:
    text = "\n".join(messages(a_sheet("work"), TEMPLATES))
    assert "• <b>Le car</b>\n   Dépenses" in text
    assert "• <b>Total</b>" in text


def test_the_document_to_show_leaves_empty_rows_out() -> None:
    shown = a_sheet("show").sections[-1].groups[0].items[0]
    assert isinstance(shown, Entry)
    assert shown.table
    assert all(line.filled for line in shown.table.lines)
    totals = plain_layout(outing())
    row = Row("budget", "Budget", parts=(Part("S1", brief=True),))
    made = build(
        outing(),
        a_sheet("show").conversation,
        document="show",
        layout=replace(totals, first_page=(row,)),
    )
    (first,) = made.first_page
    assert [one.label for one in first.items if isinstance(one, Entry)] == ["Dépenses", "Recettes"]


def test_a_file_given_to_a_cell_is_told_with_its_table() -> None:
    play = at_the_table()
    play.send("90 €")
    play.act(c.AttachmentGiven(c.Attachment("document", "devis.pdf", "f1", 10, 9)))
    (entry,) = [
        one
        for group in build(outing(), play.conversation).sections[-1].groups
        for one in group.items
        if isinstance(one, Entry)
    ]
    assert [one.name for one in entry.files] == ["devis.pdf"]


def test_a_table_on_paper_has_its_rows_and_some_to_add() -> None:
    made = questionnaire.export(outing(), TEMPLATES)
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(made)).pages)
    for said in ("1. Le budget de la sortie", "Dépenses", "Le car", "Le repas"):
        assert said in text
    assert "Autre dépense" not in text


def test_a_table_is_one_box_of_the_diagram() -> None:
    drawn = mermaid(outing())
    assert "Le budget de la sortie" in drawn
    assert "car_depense" not in drawn


def test_a_flow_without_points_never_says_that_nothing_is_wrong() -> None:
    assert "rien à signaler" not in printed("txt")


class AnyRow(RuleBasedStateMachine):
    """Whatever is pressed or written, the table keeps every cell and always offers a way on."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = c.Conversation(
            consented=True, dossier=1, rhythm=c.Rhythm.ESSENTIAL, place=c.At("car_depense")
        )
        self.kept: dict[str, str] = {}
        self.clock = 0.0
        self.reply = renderer_of(Flows.of(outing())).reply(self.conversation, [c.Ask()])

    def act(self, event: c.Event) -> None:
        self.clock += 1
        before = self.conversation.answers
        self.conversation, effects = transition(
            outing(), self.conversation, replace(event, at=self.clock)
        )
        self.reply = renderer_of(Flows.of(outing())).reply(
            self.conversation, [one for one in effects if isinstance(one, c.Spoken)]
        )
        for one in effects:
            if isinstance(one, c.RecordAnswer) and not isinstance(event, c.TextGiven):
                assert len(one.answer.text) >= len(before.get(one.question, c.Answer()).text) or (
                    isinstance(event, c.TextCleared | c.TextMoved)
                )

    @rule(pick=st.integers(0, 1000))
    def press(self, pick: int) -> None:
        buttons = [button for row in self.reply.rows for button in row]
        self.act(buttons[pick % len(buttons)].event)

    @rule(text=st.sampled_from(["12 €", "300", "à voir", "Le musée", "3 x 4 FCFA", "😀" * 50]))
    def write(self, text: str) -> None:
        place = self.conversation.place
        self.act(c.TextGiven(text, int(self.clock) + 1))
        if isinstance(place, c.At):
            assert self.conversation.answers[place.question].given

    @rule(cell=st.sampled_from(sorted(outing().questions)))
    def leave(self, cell: str) -> None:
        self.act(c.RowLeft(cell, self.conversation.revision))
        self.act(c.ProposalTaken(cell, self.conversation.revision))

    @invariant()
    def says_something_and_leads_somewhere(self) -> None:
        assert self.reply.text
        assert self.reply.rows

    @invariant()
    def counts_as_filled_when_a_cell_is(self) -> None:
        cells = [one for one in outing().questions.values() if isinstance(one, Cell)]
        filled = any(self.conversation.answers.get(one.id, c.Answer()).given for one in cells)
        mine = self.conversation.answers.get("S1", c.Answer())
        assert filled == bool(mine.options)

    @invariant()
    def adds_up(self) -> None:
        found = table(outing().questions["S1"], Wording(outing(), self.conversation.answers))
        for column in (0, 1):
            readable = any(read(line.cells[column]) for line in found.lines)
            assert readable == bool(found.totals[column])


TestAnyRow = AnyRow.TestCase
TestAnyRow.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


# --- what an author may write wrong ------------------------------------------------------------------


def test_a_translation_of_a_cell_is_refused_since_its_row_and_column_say_it() -> None:
    overlay = (
        "flow: sortie\nlanguage: en\ntranslates: 1\nsteps:\n  - id: compter\n    questions:\n"
        "      - {id: S1, details: [{id: car_depense, title: The coach}]}\n"
    )
    found = read_overlay(Source(PATH, overlay, ""), outing(), named="en").findings
    assert any("n’a rien sous « details »" in str(one) for one in found)


def edited(old: str, new: str) -> list[str]:
    text = PATH.read_text("utf-8")
    assert old in text
    found = read_flow(Source(PATH, text.replace(old, new), ""), thorough=True)
    return [str(one) for one in found.findings]


def test_a_sound_table_has_no_fault() -> None:
    assert inspect(PATH) == ()
    assert [fault for fault in check(outing()) if fault.severity == "error"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: rows", "kind: text", "un tableau s’écrit « kind: rows »"),
        ("spent: depense", "spent: depenses", "n’est pas une colonne de montants (depense ?)"),
        ("spent: depense", "spent: note", "n’est pas une colonne de montants"),
        ("kind: choice, options: [{id: oui, label: Sûr}, {id: non, label: À confirmer}]",
         "kind: choice", "une colonne à choix a besoin d’options"),
        ("proposals: {note:", "proposals: {notes:", "n’est pas une colonne (note ?)"),
        ("id: repas,", "id: car,", "est déjà pris"),
        ("id: S2", "id: car_note", "la case « car_note » porte l’identifiant d’une autre question"),
        ("id: S2", "id: car", "la ligne « car » porte l’identifiant d’une question"),
        ("most: 3", "most: 300", "entre une et 20 lignes ajoutées"),
        ("title: Le repas}", "title: \"\"}", "« title » est vide"),
    ],
)  # fmt: skip
def test_a_fault_in_a_table_is_told_at_its_place(old: str, new: str, said: str) -> None:
    assert any(said in line for line in edited(old, new)), edited(old, new)


def test_a_condition_may_name_a_cell() -> None:
    rules = "\nrules:\n  - {id: VT.1, title: t, advice: a, source: s, levels: "
    rules += '[{level: info, when: "answered car_depense and car_avis in [non]"}]}\n'
    found = read_flow(Source(PATH, PATH.read_text("utf-8") + rules, ""), thorough=True)
    assert found.findings == ()


def test_a_translation_says_columns_and_rows_once_for_all_cells() -> None:
    overlay: Any = (
        "flow: sortie\nlanguage: en\ntranslates: 1\nsteps:\n  - id: compter\n    questions:\n"
        "      - id: S1\n        columns:\n          - {id: depense, title: Costs}\n"
        "        rows:\n          - {id: car, title: The coach}\n"
        "        added: {title: Another cost}\n"
    )
    read_in = read_overlay(Source(PATH, overlay, ""), outing(), named="en")
    assert [one for one in read_in.findings if one.severity == "error"] == []
    flow = read_in.sound()
    assert flow.questions["car_depense"].title == "The coach · Costs"
    assert flow.questions["S1_plus2"].title == "Another cost 2"
    assert flow.questions["car_recette"].title == "The coach · Recettes"
