"""The sheet as a view model: what goes on which document, in whose words (method.md §3.3)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content import load_cases, load_flow
from bot.content.document import read_document
from bot.content.model import Model
from bot.content.source import read_source
from bot.domain.conversation import Answer, Attachment, Conversation, Fragment, Handling
from bot.domain.sheet import (
    Action,
    Entry,
    Layout,
    Neighbour,
    Open,
    Point,
    Section,
    Sheet,
    build,
    plain_layout,
)
from bot.domain.sheet.clean import clean, excerpt, line, paragraphs

FLOWS = Path(__file__).parents[1] / "flows"
FLOW = load_flow(FLOWS / "six-etapes.yaml")
CASES = load_cases(FLOWS / "cases.yaml")


def load_layout(path: Path) -> Layout:
    layout, faults = Model(Layout).read(read_document(read_source(path)))
    assert layout is not None, faults
    assert not faults
    return layout


LAYOUT = load_layout(FLOWS / "sheet" / "six-etapes.yaml")


def said(*options: str, text: str = "") -> Answer:
    return Answer(options, (Fragment(text),) if text else ())


EXAMPLE = Conversation(  # the example of method.md §0.4, with its two invented names
    answers={
        "I_nom": said(text="Les jardins des deux rives"),
        "I_role": said("collectivite_fr"),
        "I_territoires_ici": said(text="Valombre"),
        "I_territoires_pays_ici": said("fr"),
        "I_territoires_la_bas": said(text="Oued-Sel"),
        "I_territoires_pays_la_bas": said("ma"),
        "I_stade": said("montage"),
        "I_public": said("jeunes"),
        "Q3": said("accompagner_personnes", "consolider_dispositif"),
        "Q4": said("partenaire_seul"),
        "Q4_habitants": said("hab_absents"),
        "Q6": said("un_redige_autre_valide"),
        "Q10": said("convention", "quelques_personnes"),
        "Q12": said("pas_prevu"),
        "Q16": said("publics_locaux"),
    }
)


def sheet(document: str = "work", conversation: Conversation = EXAMPLE, **options: object) -> Sheet:
    given = {"layout": LAYOUT, "cases": CASES, "date": "2026-11-21", **options}
    return build(FLOW, conversation, document=document, **given)


def answering(**answers: Answer) -> Conversation:
    return replace(EXAMPLE, answers={**EXAMPLE.answers, **answers})


def section(one: Sheet, id: str) -> Section | None:
    return next((found for found in one.sections if found.id == id), None)


def items(one: Sheet, id: str) -> list[object]:
    found = section(one, id)
    return [item for group in found.groups for item in group.items] if found else []


def entries(one: Sheet) -> Iterator[Entry]:
    """Every entry of a sheet, first page and parts included."""

    def down(entry: Entry) -> Iterator[Entry]:
        yield entry
        for part in entry.parts:
            yield from down(part)

    found = [item for row in one.first_page for item in row.items]
    found += [item for part in one.sections for group in part.groups for item in group.items]
    for item in found:
        if isinstance(item, Entry):
            yield from down(item)


# --- the layout --------------------------------------------------------------------------------


def test_the_layout_names_only_questions_that_exist() -> None:
    parts = [part for row in LAYOUT.first_page for part in row.parts]
    parts += [part for plan in LAYOUT.sections for part in plan.parts]
    assert {part.id for part in parts} <= FLOW.questions.keys()
    assert {FLOW.roles.publics, FLOW.roles.themes} <= FLOW.questions.keys()


def test_every_question_has_its_place_on_the_working_document() -> None:
    placed = {part.id for plan in LAYOUT.sections for part in plan.parts if not part.brief}
    roots = {question.id for step in FLOW.steps for question in step.questions}
    assert roots <= placed
    assert set(FLOW.header) - placed <= {FLOW.roles.here_short, FLOW.roles.there_short}


def test_a_flow_without_a_layout_gets_one_section_for_each_step() -> None:
    made = build(FLOW, EXAMPLE, layout=plain_layout(FLOW))
    assert section(made, "etape2") is not None


# --- the document to show ----------------------------------------------------------------------


def test_page_one_says_its_rows_in_the_order_of_the_method() -> None:
    conversation = replace(
        answering(
            I_porteur=said(text="Ville de Valombre"),
            I_demande=said(text="Un appui"),
            I_annees=said(text="2026-2029"),
        ),
        handled={"V2.17": Handling("planned", "Rouvrir le texte", "la mission locale", "janvier")},
    )
    shown = sheet("show", conversation)
    assert [row.id for row in shown.first_page] == [
        "pour_qui",
        "changement",
        "ici",
        "la_bas",
        "qui",
        "calendrier",
        "demande",
        "solide",
        "reglons",
    ]
    assert shown.title == "Les jardins des deux rives"
    assert shown.sentence.startswith("À Valombre et à Oued-Sel, nous préparons un projet")
    assert [(one.name, one.country) for one in shown.territories] == [
        ("Valombre", "France"),
        ("Oued-Sel", "Maroc"),
    ]


def test_an_empty_dossier_shows_no_row_and_never_a_thing_to_complete() -> None:
    shown = sheet("show", Conversation())
    assert (shown.first_page, shown.sections, shown.sentence) == ((), (), "")


def test_what_waits_is_not_shown_to_a_third_party_and_is_in_the_open_questions() -> None:
    assert all("Pas encore pensé" not in one.options for one in entries(sheet("show")))
    waiting = [one for one in items(sheet(), "ouvertes") if isinstance(one, Open) and one.said]
    assert [(one.question, one.said) for one in waiting] == [("Q12", ("Pas encore pensé",))]


def test_the_document_to_show_holds_no_point_no_file_and_no_open_question() -> None:
    photo = Attachment("photo", "visage.jpg")
    shown = sheet("show", answering(Q4=Answer(("croise",), attachments=(photo,))))
    assert {part.kind for part in shown.sections} == {"answers"}
    assert not any(one.files for one in entries(shown))
    assert any(one.files for one in entries(sheet("work", answering(Q4=Answer((), (), (photo,))))))


def test_a_point_that_may_hurt_people_is_shown_only_when_ticked() -> None:
    conversation = replace(
        EXAMPLE, handled={"V2.10": Handling("planned"), "V2.17": Handling("planned")}
    )

    def settling(**options: object) -> list[str]:
        shown = sheet("show", conversation, **options)
        rows = [row for row in shown.first_page if row.kind == "settling"]
        return [one.rule for row in rows for one in row.items if isinstance(one, Action)]

    assert settling() == ["V2.17"]
    assert settling(including={"V2.10"}) == ["V2.10", "V2.17"]
    assert settling(without={"V2.17"}) == []


def test_a_long_text_is_begun_on_the_document_to_show_and_whole_on_the_working_one() -> None:
    text = "mot " * 2000
    shown = sheet("show", answering(Q3=said(text=text)))
    (row,) = (row for row in shown.first_page if row.id == "changement")
    (first,) = row.items
    assert isinstance(first, Entry)
    assert len(first.paragraphs[0]) < 300
    assert len(_entry(shown, "projet", "Q3").paragraphs[0]) < 5000
    assert shown.shortened
    work = sheet("work", answering(Q3=said(text=text)))
    assert _entry(work, "projet", "Q3").paragraphs == (text.strip(),)
    assert not work.shortened


def _entry(one: Sheet, section: str, question: str) -> Entry:
    (found,) = (
        item
        for item in items(one, section)
        if isinstance(item, Entry) and item.question == question
    )
    return found


def test_short_texts_stay_whole_and_long_ones_share_the_room_left() -> None:
    short, long = "mot " * 20, "mot " * 2000
    shown = sheet("show", answering(Q3=said(text=long), Q4=said(text=long), Q12=said(text=short)))
    assert _entry(shown, "temps", "Q12").paragraphs == (short.strip(),)
    cut = [_entry(shown, "projet", "Q3"), _entry(shown, "territoires", "Q4")]
    assert len({len(one.paragraphs[0]) for one in cut}) == 1
    assert 1000 < len(cut[0].paragraphs[0]) < 2400


def test_answers_to_follow_ups_stay_on_the_working_document() -> None:
    told = answering(Q4=said("croise"), **{"R4.1": said(text="La mission locale")})
    assert not [one for one in entries(sheet("show", told)) if one.question == "R4.1"]
    assert [one for one in entries(sheet("work", told)) if one.question == "R4.1"]


def test_from_abroad_each_territory_reads_its_own_gain() -> None:
    shown = sheet(
        "show",
        answering(
            I_role=said("collectivite_partenaire"),
            I_territoires_ici=said(text="Thiès"),
            I_territoires_pays_ici=said("sn"),
            I_territoires_la_bas=said(text="Cergy"),
            I_territoires_pays_la_bas=said("fr"),
            Q16_ici=said(text="Une maison des jeunes"),
        ),
    )
    rows = {row.title: row.items[0] for row in shown.first_page}
    here, there = rows["Ce que cela apporte à Thiès"], rows["Ce que cela apporte à Cergy"]
    assert isinstance(here, Entry)
    assert isinstance(there, Entry)
    assert here.paragraphs == ("Une maison des jeunes",)
    assert there.options == ("Aide directe à des habitants",)


# --- the working document ----------------------------------------------------------------------


def test_points_are_those_of_the_method_s_own_example() -> None:
    found = section(sheet(), "vigilance")
    assert found is not None
    shown = {
        group.key: [one.id for one in group.items if isinstance(one, Point)]
        for group in found.groups
    }
    assert shown == {"first": ["V2.10", "V2.17", "X5"], "following": ["V3.20"]}


def test_a_point_quotes_the_answers_in_the_person_s_own_options() -> None:
    point = next(one for one in items(sheet(), "vigilance") if isinstance(one, Point))
    quoted = {one.question: one.answers for one in point.because}
    assert quoted == {
        "Les habitants dans l’analyse": ("Pas encore associés",),
        "Publics": ("Jeunes",),
    }
    assert point.risk
    assert point.first_step


def test_a_cross_rule_borrows_the_reason_of_the_point_it_speaks_for() -> None:
    crossed = next(
        one for one in items(sheet(), "vigilance") if isinstance(one, Point) and one.id == "X5"
    )
    assert crossed.risk == FLOW.rules_by_id["V4.7"].why


def test_the_words_that_sort_points_are_never_printed() -> None:
    printed = repr(replace(sheet(), flow=replace(FLOW, rules=()), conversation=Conversation()))
    assert "alerte" not in printed
    assert "'attention" not in printed


def test_the_plan_holds_what_was_accepted_and_says_when_it_is_settled() -> None:
    conversation = replace(
        EXAMPLE,
        handled={
            "V2.17": Handling("planned", "Rouvrir", "la mission locale", "janvier"),
            "V3.20": Handling("not_for_us"),
            "V6.1": Handling("done"),
            "V0.0": Handling("planned"),
        },
    )
    plan = [one for one in items(sheet("work", conversation), "plan") if isinstance(one, Action)]
    assert [(one.rule, one.how, one.settled) for one in plan] == [
        ("V2.17", "planned", False),
        ("V6.1", "done", True),
        ("V0.0", "planned", True),
    ]
    assert plan[2].title == "V0.0"


def test_security_is_left_out_unless_asked_for() -> None:
    conversation = answering(Q20=said("deplacements_impossibles"), Q17=said("aucun"))
    quiet = sheet("work", conversation)
    assert section(quiet, "securite") is None
    assert "Q20" not in quiet.conversation.answers
    assert not any(one.id == "X18" for one in items(quiet, "vigilance") if isinstance(one, Point))
    assert section(sheet("work", conversation, include_annex=True), "securite") is not None
    assert section(sheet("show", conversation, include_annex=True), "securite") is None


def test_answers_of_another_version_are_kept_apart() -> None:
    (kept,) = items(sheet("work", answering(Q99=said("vieux", text="Gardé"))), "autre_version")
    assert kept == Entry("Q99", "Q99", ("vieux",), ("Gardé",))


def test_near_cooperations_say_what_they_share() -> None:
    near = [one for one in items(sheet(), "voisines") if isinstance(one, Neighbour)]
    assert len(near) == 3
    assert [reason.words for one in near[:1] for reason in one.reasons][:2] == [
        ("Maroc",),
        ("Jeunes",),
    ]
    assert items(sheet("work", Conversation()), "voisines") == []


def test_ideas_are_printed_only_on_demand() -> None:
    assert section(sheet(), "idees") is None
    assert section(sheet(ideas=True), "idees") is not None


def test_the_compass_counts_without_a_mark() -> None:
    knots = {knot.number: knot for knot in sheet().compass}
    assert [knot.progress for knot in knots.values()] == ["begun"] * 5 + ["empty"]
    assert (knots[2].answered, knots[2].total, knots[2].first) == (2, 3, 2)
    assert knots[4].first == 1


def test_a_detail_whose_condition_is_gone_is_not_printed() -> None:
    conversation = answering(I_territoires_la_bas=said("un_seul"))
    assert [one.country for one in sheet("show", conversation).territories] == ["France"]


# --- clean text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("a\x00b\x1b[0m", "ab[0m"),
        ("seul \ud83d", "seul \ufffd"),
        ("paire \ud83d\ude00", "paire 😀"),
        ("\u202egnp.exe", "gnp.exe"),
        ("un\r\ndeux\u2028trois", "un\ndeux\ntrois"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_only_what_cannot_be_printed_is_taken_away(written: str, printed: str) -> None:
    assert clean(written) == printed


def test_lines_and_excerpts_keep_words_whole() -> None:
    assert line(" un \n deux ") == "un deux"
    assert paragraphs("un\n\n  deux\t!") == ("un", "deux !")
    assert excerpt("un deux trois", 9) == "un deux […]"
    assert excerpt("x" * 20, 9) == "x" * 9 + " […]"
