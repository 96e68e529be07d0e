"""What is printed or forwarded: the blank questionnaire, the compass and the first page as pictures."""

import io
import re
import struct

import pytest
from pypdf import PdfReader

from bot.domain.conversation import SheetRequested
from bot.domain.sheet.clean import line
from bot.export import first_page, png, questionnaire
from bot.service.conversations import LONGEST_CAPTION
from tests.play import begun
from tests.samples import EMPTY, FLOW, ORDINARY, SAMPLES, SCRIPTS, TEMPLATES, said, sheet

MOST_PIXELS = 10_000  # width and height of a photo together, for Telegram
PICTURES = {"compass": png, "first page": first_page}


@pytest.fixture(scope="module")
def printed() -> PdfReader:
    return PdfReader(io.BytesIO(questionnaire.export(FLOW, TEMPLATES)))


def bare(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def test_the_questionnaire_asks_every_question_by_its_number(printed: PdfReader) -> None:
    text = bare("".join(page.extract_text() for page in printed.pages))
    for step in FLOW.steps:
        for question in step.questions:
            assert f"{question.id}." in text
            for detail, letter in zip(question.details, "abc", strict=False):
                assert f"{question.id}{letter}." in text, detail.id


def test_its_boxes_have_the_words_of_the_buttons_without_a_territory_s_name(
    printed: PdfReader,
) -> None:
    text = bare("".join(page.extract_text() for page in printed.pages))
    assert "{" not in text
    labels = [one.label for one in FLOW.questions["Q12"].options if "{" not in one.label]
    for number, label in enumerate(labels, 1):
        assert bare(label) in text, number


def test_it_is_tagged_titled_in_french_and_light(printed: PdfReader) -> None:
    catalog = printed.trailer["/Root"]
    assert catalog["/Lang"] == "fr"
    assert catalog["/MarkInfo"]["/Marked"]
    assert printed.metadata is not None
    assert printed.metadata.title
    made = questionnaire.export(FLOW, TEMPLATES)
    assert b"pdfuaid" in made
    assert len(made) < 200_000


def test_the_annexes_stand_on_pages_of_their_own(printed: PdfReader) -> None:
    (annex,) = (one for one in FLOW.steps if one.annex)
    first = annex.questions[0].id
    page = next(one for one in printed.pages if f"{first}." in bare(one.extract_text()))
    others = {one.id for step in FLOW.steps if not step.annex for one in step.questions}
    assert not any(f"{one}." in bare(page.extract_text()) for one in others)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_picture_can_be_sent_as_a_photo_and_said_in_words(picture: str, sample: str) -> None:
    module, one = PICTURES[picture], sheet(SAMPLES[sample])
    made = module.export(one, TEMPLATES)
    width, height = struct.unpack(">II", made[16:24])
    assert width + height <= MOST_PIXELS
    assert max(width, height) <= 20 * min(width, height)
    words = module.alternative(one, TEMPLATES)
    assert 0 < len(words) <= LONGEST_CAPTION
    assert line(one.title) in words


def test_the_compass_in_words_names_every_step() -> None:
    words = png.alternative(sheet(ORDINARY), TEMPLATES)
    assert all(step.title in words for step in FLOW.steps if not step.annex)


def test_the_longest_names_still_make_a_photo() -> None:
    long = {"I_nom": said(text="mot " * 2000), "I_phrase": said(text="x" * 20_000)}
    for module in PICTURES.values():
        made = module.export(sheet(type(EMPTY)(answers=SCRIPTS.answers | long)), TEMPLATES)
        assert sum(struct.unpack(">II", made[16:24])) <= MOST_PIXELS


def test_the_first_page_says_what_is_solid_and_a_step_that_exposes_nobody() -> None:
    glance = sheet(ORDINARY).glance
    assert glance.sentence
    assert glance.solid
    assert glance.next_step
    harmful = {rule.first_step for rule in FLOW.rules if rule.harm}
    assert glance.next_step not in harmful


def test_without_answers_it_says_the_next_useful_question() -> None:
    glance = sheet(EMPTY).glance
    assert not glance.next_step
    assert glance.next_question


@pytest.mark.parametrize(("document", "format"), [("blank", "pdf"), ("work", "png")])
def test_a_picture_and_a_blank_questionnaire_come_at_once(document: str, format: str) -> None:
    play = begun()
    play.act(SheetRequested(document, format))
    assert [(one.document, one.format) for one in play.reply.wanted] == [(document, format)]
