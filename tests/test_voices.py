"""Two territories on one sheet: each in its own voice, side by side, and what they retained."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from docx import Document

from bot.content import templates_folder
from bot.domain.conversation import Voice
from bot.domain.sheet import Point, Sheet, Voices
from bot.export import FORMATS
from bot.export.json_ import SCHEMA_FILE
from tests.samples import ORDINARY, TEMPLATES, TOGETHER, said, sheet
from tests.test_photos import spaced
from tests.test_sides import shared


def told(made: Sheet) -> dict[str, Voices]:
    items = [one for part in made.sections for group in part.groups for one in group.items]
    return {one.question: one for one in items if isinstance(one, Voices)}


def test_what_both_sides_answered_stands_side_by_side() -> None:
    found = told(sheet(TOGETHER))["Q4"]
    assert [one.place for one in found.sides] == ["Valombre", "Oued-Sel"]
    assert found.sides[0].voices[0].said.options == ("Seulement Oued-Sel",)
    assert [one.name for one in found.sides[1].voices] == ["", "La coopérative Al Amal"]


def test_what_the_group_decided_is_said() -> None:
    found = told(sheet(TOGETHER))
    assert found["Q4"].how == "written"
    assert found["Q4"].retained.paragraphs == ("Nous referons l’enquête à deux, en automne.",)
    assert found["Q16"].how == "open"
    assert found["Q14"].how == "undecided"


def test_a_question_that_one_side_alone_answered_is_not_there() -> None:
    assert "Q5" not in told(sheet(TOGETHER))
    assert not told(sheet(ORDINARY))


def test_what_a_side_keeps_to_itself_is_in_no_format() -> None:
    kept = Voice(12, 12, "la_bas", said(text="ENTRE NOUS"), private=True)
    hidden = Voice(13, 13, "la_bas", said(text="PAS ENCORE LU"), hidden=True)
    together = TOGETHER.together
    assert together
    voices = {**together.voices, "Q14": (*together.voices["Q14"], kept, hidden)}
    dossier = replace(TOGETHER, together=replace(together, voices=voices))
    for document in ("show", "work"):
        for form in ("md", "txt", "html", "json", "csv"):
            made = FORMATS[form].export(sheet(dossier, document), TEMPLATES).decode()  # type: ignore[arg-type]
            assert "ENTRE NOUS" not in made
            assert "PAS ENCORE LU" not in made


def test_they_stay_out_of_the_document_for_a_third_party() -> None:
    assert not told(sheet(TOGETHER, "show"))


@pytest.mark.parametrize("form", ["md", "txt", "html"])
def test_texts_say_who_speaks_by_role_and_by_the_name_agreed_to(form: str) -> None:
    made = spaced(FORMATS[form].export(sheet(TOGETHER), TEMPLATES).decode())
    for words in ("La coopérative Al Amal, membre", "Texte retenu", "Laissé ouvert", "à deux, en"):
        assert words in made


def test_word_has_a_table_with_a_column_for_each_territory() -> None:
    made: Any = Document(io.BytesIO(FORMATS["docx"].export(sheet(TOGETHER), TEMPLATES)))
    heads = [[cell.text for cell in table.rows[0].cells] for table in made.tables]
    assert ["Valombre", "Oued-Sel"] in heads


def test_the_data_have_the_voices_and_follow_their_schema() -> None:
    data = json.loads(FORMATS["json"].export(sheet(TOGETHER), TEMPLATES))
    jsonschema.validate(data, json.loads((templates_folder() / SCHEMA_FILE).read_text("utf-8")))
    adopted = {question: one["adopted"] for question, one in data["voices"].items()}
    assert (adopted["Q4"], adopted["Q16"], adopted["Q14"]) == ("written", "open", "")
    assert {one["side"] for one in data["voices"]["Q4"]["said"]} == {"ici", "la_bas"}


def test_a_table_has_a_column_for_the_voices_of_a_question() -> None:
    made = FORMATS["csv"].export(sheet(TOGETHER), TEMPLATES).decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(made), delimiter=";"))[:2]
    found = next(
        cell
        for name, cell in zip(head, row, strict=True)
        if name.startswith("Q4 ") and name.endswith("(voix)")
    )
    assert "Oued-Sel (La coopérative Al Amal, membre)" in found


def test_a_point_that_compares_the_sides_says_what_each_answered() -> None:
    dossier = shared({"ici": {"Q11": ["phases"]}, "la_bas": {"Q11": ["duree_financeur"]}})
    items = [
        one for part in sheet(dossier).sections for group in part.groups for one in group.items
    ]
    point = next(one for one in items if isinstance(one, Point) and one.id == "D1")
    assert [one.question.rpartition(" (")[2] for one in point.because] == [
        "Chez nous)",
        "Chez eux)",
    ]
    assert [one.answers for one in point.because] == [
        ("Cap long, phases courtes",),
        ("Durée fixée par le financeur",),
    ]
