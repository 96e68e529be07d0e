"""Passages that may point at somebody are shown once, before a document; nothing changes by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation import Conversation, Fragment
from bot.domain.dignity import found, passages
from tests.play import Play, begun, flow
from tests.samples import FLOW, FULL, ORDINARY, said

POINTING = [
    ("La directrice de l’école nous accueille.", "La directrice de l’école"),
    ("Une femme de 34 ans a repris l’atelier.", "Une femme de 34 ans"),
    ("Le jeune placé au foyer vient le mardi.", "Le jeune placé"),
    ("Appelez le 06 12 34 56 78 le matin.", "06 12 34 56 78"),
    ("Au village, c’est le +212 661-23-45-67.", "+212 661-23-45-67"),
    ("Écrire à contact.jardin@exemple.org.", "contact.jardin@exemple.org"),
    ("Rendez-vous au 12 bis, rue des Lilas.", "12 bis, rue des Lilas"),
    ("3 jeunes ont trouvé un emploi.", "3 jeunes"),
    ("Nous suivons quatre familles.", "quatre familles"),
    ("Mme Diallo tient la caisse.", "Mme Diallo"),
    ("L'infirmier du dispensaire est parti.", "L'infirmier du dispensaire"),
    ("Un garçon âgé de 9 ans dort là.", "Un garçon âgé de 9 ans"),
    ("The head teacher of the school welcomes us.", "The head teacher of the school"),
    ("We met the school’s head teacher twice.", "the school’s head teacher"),
    ("Ask the village nurse first.", "the village nurse"),
    ("A 34-year-old woman took the workshop over.", "A 34-year-old woman"),
    ("A young man aged 17 sleeps there.", "A young man aged 17"),
    ("The young person in foster care comes on Tuesdays.", "The young person in foster care"),
    ("The homeless man by the station helps.", "The homeless man"),
    ("Meet at 12 Market Street.", "12 Market Street"),
    ("3 young people found a job.", "3 young people"),
    ("We support four families.", "four families"),
    ("Mrs Diallo keeps the till.", "Mrs Diallo"),
    ("There is a girl named Awa.", "girl named Awa"),
]
HARMLESS = [
    "Des jeunes de 16 à 25 ans, des deux territoires.",
    "Deux jeunes sur trois ont un travail un an après.",
    "Budget : 3 500 000 000 GNF, de 2026 à 2029.",
    "Le maire et le conseil communal ont délibéré.",
    "Trente familles cultivent quatre hectares.",
    "La direction de l’école et la mission locale décident ensemble.",
    "12 jeunes et 23 femmes sont formés chaque année.",
    "Nous avons deux partenaires et trois réunions par an.",
    "Le projet s’appelle Horizon, il a 4 ans.",
    "Un éducateur de chaque côté, puis deux personnes par commune.",
    "Article 12, loi n° 92-125 du 6 février 1992.",
    "Les écoles du quartier, au bord de la rue principale.",
    "Young people aged 16 to 25, from both territories.",
    "Two young people out of three have a job a year later.",
    "In 2026, two women’s groups and three patients’ associations joined.",
    "The mayor and the town council have voted.",
    "Thirty families farm four hectares.",
    "The school and the health centre decide together.",
    "12 young people and 23 women are trained every year.",
    "The project is called Horizon; it is 4 years old.",
    "One youth worker on each side, then two people per town.",
    "4 patients per week, along the main street.",
]


@pytest.mark.parametrize(("text", "words"), POINTING)
def test_what_points_at_somebody_is_found_with_its_words(text: str, words: str) -> None:
    assert [one.words for one in found(FLOW.signs, "Q4", text)] == [words]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_points_at_nobody_is_left_in_peace(text: str) -> None:
    assert not list(found(FLOW.signs, "Q4", text))


def test_a_flow_without_signs_finds_nothing() -> None:
    assert not list(found((), "Q4", "Mme Diallo, 06 12 34 56 78"))


def test_a_text_is_reread_in_its_own_language_whoever_reads_it() -> None:
    """A French text in the hands of an English reader, and the other way round."""
    for reader in ("", "en", "ar"):
        signs = flow(reader).signs
        for text in ("Mme Diallo viendra.", "Mrs Diallo will come."):
            assert list(found(signs, "Q4", text)), (reader, text)


def test_our_samples_raise_no_false_alarm() -> None:
    assert not passages(FLOW, ORDINARY.answers)
    assert not passages(FLOW, FULL.answers)


def test_what_is_never_printed_is_not_reread() -> None:
    annex = next(one for one in FLOW.steps if one.annex).questions[0].id
    assert not passages(FLOW, {annex: said(text="Mme Diallo")})


@given(st.text(max_size=400))
def test_no_text_is_too_strange_and_words_come_from_it(text: str) -> None:
    for one in found(FLOW.signs, "Q4", text):
        assert one.words in " ".join(text.split())
        assert len(one.key) == 12


def telling(text: str) -> Play:
    play = begun()
    answers = {"I_porteur": said(text="La commune"), "Q3": said(text=text)}
    play.conversation = type(play.conversation)(
        consented=True, dossier=play.conversation.dossier, answers=answers, at=play.clock
    )
    return play


TWO = "La directrice de l’école et 3 jeunes viendront."


def test_each_passage_is_shown_once_then_the_document_comes() -> None:
    play = telling(TWO)
    play.send("/exporter")
    play.click("Fiche à montrer (PDF)")
    assert "La directrice de l’école" in play.text
    assert not play.reply.wanted
    play.click("Garder")
    assert "3 jeunes" in play.text
    play.click("Garder")
    assert play.reply.wanted[0].format == "pdf"
    assert play.answered("Q3").text == TWO
    play.send("/exporter")
    play.click("Feuille de travail (PDF)")
    assert play.reply.wanted


def test_all_of_them_can_be_kept_at_once() -> None:
    play = telling(TWO)
    play.send("/fiche")
    play.click("Tout garder")
    assert play.reply.wanted[0].format == "message"


def test_rewording_opens_the_question_and_what_is_new_is_read_again() -> None:
    play = telling("Mme Diallo viendra.")
    play.send("/fiche")
    play.click("Reformuler")
    assert getattr(play.place, "question", "") == "Q3"
    play.conversation = type(play.conversation)(
        consented=True,
        dossier=play.conversation.dossier,
        answers={"Q3": said(text="Mme Diallo et Mme Sow viendront.")},
        at=play.clock,
    )
    play.send("/fiche")
    assert "Mme Diallo" in play.text
    assert not play.reply.wanted


def test_a_blank_questionnaire_needs_no_rereading() -> None:
    play = telling(TWO)
    play.send("/exporter")
    play.click("Autres formats", "Questionnaire papier")
    assert play.reply.wanted


def test_the_key_of_a_passage_changes_with_its_surroundings() -> None:
    one, two = (
        next(iter(found(FLOW.signs, "Q4", text))) for text in ("Mme Sow ici.", "Mme Sow là-bas.")
    )
    assert one.key != two.key
    assert Conversation(answers={"Q4": said(text="x")}).reread == frozenset()
    assert Fragment("x").text
