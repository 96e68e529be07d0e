"""The words of the method, one tap away: found as people write them, or the nearest ones."""

import pytest

from bot.content import flows_folder, load_glossary
from bot.domain import glossary
from bot.domain.conversation import PanelOpened
from tests.play import Play, begun

FRENCH = load_glossary(flows_folder() / "glossary.yaml")
ENGLISH = load_glossary(flows_folder() / "glossary.yaml", "en")


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("capitalisation", "Capitalisation"),
        ("CAPITALISATION", "Capitalisation"),
        ("reciprocite", "Réciprocité"),
        ("intégration", "Insertion, intégration"),
        ("maitrise d'oeuvre", "Maîtrise d’œuvre"),
    ],
)
def test_a_word_is_found_as_people_write_it(written: str, term: str) -> None:
    found = glossary.find(FRENCH, written)
    assert found
    assert found.term == term


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("capitalization", "Capitalisation"),
        ("diagnostique", "Diagnostic"),
        ("croisé", "Regard croisé"),
    ],
)
def test_an_unknown_word_gets_the_nearest_ones(written: str, term: str) -> None:
    assert glossary.find(FRENCH, written) is None
    assert term in [one.term for one in glossary.near(FRENCH, written)]


@pytest.mark.parametrize("written", ["", "?", "\u200b", "(", "zzzzzz" * 900, "['"])
def test_anything_may_be_asked(written: str) -> None:
    assert glossary.find(FRENCH, written) is None
    assert glossary.near(FRENCH, written) == ()


def test_the_terms_that_a_text_uses_are_found_whole_in_the_singular_or_the_plural() -> None:
    said = "Des diagnostics croisés ; la mutualisation ; aucun suivisme."
    used = [one.term for one in glossary.used(FRENCH, said)]
    assert {"Diagnostic", "Diagnostic croisé", "Mutualisation"} <= set(used)
    assert "Suivi" not in used
    assert "Reciprocity" in [one.term for one in glossary.used(ENGLISH, "Is there reciprocity?")]


def test_the_command_says_a_word_before_an_agreement_and_in_a_dossier() -> None:
    play = Play()
    play.send("/mot capitalisation")
    assert play.text.startswith("Capitalisation\n")
    play = begun()
    play.send("/mot capitalization")
    assert "n’est pas dans le glossaire" in play.text
    play.click("Capitalisation")
    assert play.text.startswith("Capitalisation\n")
    play.send("/mot")
    assert "Les mots de la méthode" in play.text
    play.send("/mot " + "<b>" * 500)
    assert "n’est pas dans le glossaire" in play.text


def test_the_help_of_a_question_gives_the_words_it_uses() -> None:
    play = begun()
    play.act(PanelOpened("help", "Q4"))
    play.click("Mots")
    assert "Diagnostic : " in play.text or "Diagnostic\u00a0: " in play.text
