"""Which examples come first, and why a cooperation is said to be near: the real flow and cases."""

from collections import Counter
from dataclasses import replace

import pytest

from bot.domain import conversation as c
from bot.domain.closeness import Shared, shared, telling
from bot.domain.conditions import Facts
from bot.domain.conversation import Answer
from bot.domain.flow import Case, Question
from bot.domain.reading import facts
from tests.play import begun, cases, flow

ROLES = flow().roles
THEMES, PUBLICS, HERE, THERE = (
    ROLES.themes,
    ROLES.publics,
    ROLES.here_country,
    ROLES.there_country,
)
ILLUSTRATED = tuple(question for question in flow().questions.values() if question.cases)
Q5, Q8 = flow().questions["Q5"], flow().questions["Q8"]


def read(**chosen: str) -> Facts:
    """The facts of a dossier: question -> the options ticked, separated by a space."""
    answers = {question: Answer(tuple(options.split())) for question, options in chosen.items()}
    return facts(flow(), answers)


def case(number: int) -> Case:
    (found,) = (one for one in cases() if one.number == number)
    return found


def told(question: Question, **chosen: str) -> list[int]:
    return [one.case for one in telling(flow(), read(**chosen), question, cases())]


# --- the order of examples -----------------------------------------------------------------------


def test_without_a_word_about_the_project_examples_keep_the_order_of_the_file() -> None:
    for question in ILLUSTRATED:
        assert telling(flow(), Facts(), question, cases()) == tuple(
            sorted(question.cases, key=lambda one: not one.starred)
        )


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        ({THEMES: "microfinance"}, [7, 9, 4, 20, 19, 2]),
        ({THEMES: "insertion_professionnelle formation"}, [7, 20, 19, 4, 9, 2]),
        ({PUBLICS: "elus_agents"}, [7, 2, 4, 20, 19, 9]),
        ({HERE: "fr", THERE: "mg"}, [7, 19, 4, 20, 9, 2]),
        ({HERE: "ma", THERE: "fr"}, [7, 4, 20, 9, 19, 2]),
        ({"Q5": "relais_deux_cultures"}, [7, 20, 19, 4, 9, 2]),
    ],
    ids=["theme", "two themes", "public", "country", "own country", "situation"],
)
def test_what_an_example_shares_brings_it_up(chosen: dict[str, str], order: list[int]) -> None:
    assert told(Q5, **chosen) == order


def test_each_reason_only_parts_what_the_one_before_left_equal() -> None:
    """Theme, then public, then country, then situation: a reason added never undoes a stronger one."""
    chosen = {THEMES: "microfinance"}
    assert told(Q5, **chosen) == [7, 9, 4, 20, 19, 2]
    chosen[PUBLICS] = "elus_agents"
    assert told(Q5, **chosen) == [7, 9, 2, 4, 20, 19]
    chosen[THERE] = "mg"
    assert told(Q5, **chosen) == [7, 9, 2, 19, 4, 20]
    chosen["Q5"] = "relais_deux_cultures"
    assert told(Q5, **chosen) == [7, 9, 2, 19, 20, 4]


def test_the_authors_own_examples_come_first_whatever_the_others_share() -> None:
    thirteen = case(13)  # the nearest possible to this dossier, and not starred in Q8
    nearest = {
        THEMES: " ".join(thirteen.themes),
        PUBLICS: " ".join(thirteen.public),
        THERE: thirteen.countries[0].lower(),
        "Q8": "gouvernance mise_en_oeuvre",
    }
    starred = [one.case for one in Q8.cases if one.starred]
    order = told(Q8, **nearest)
    assert set(order[: len(starred)]) == set(starred)
    assert order[len(starred)] == 13


@pytest.mark.parametrize("question", ILLUSTRATED, ids=lambda one: one.id)
def test_the_situation_chosen_brings_up_what_speaks_to_it(question: Question) -> None:
    for option in question.options:
        order = telling(flow(), read(**{question.id: option.id}), question, cases())
        kept = sorted(
            question.cases, key=lambda one: (not one.starred, option.id not in one.options)
        )
        assert list(order) == kept


def test_an_example_of_a_cooperation_that_is_not_in_the_library_shares_nothing() -> None:
    without = tuple(one for one in cases() if one.number != 9)
    order = telling(flow(), read(**{THEMES: "microfinance"}), Q5, without)
    assert [one.case for one in order] == [7, 4, 20, 19, 9, 2]


# --- the situations that examples speak to -------------------------------------------------------


@pytest.mark.parametrize("question", ILLUSTRATED, ids=lambda one: one.id)
def test_an_example_speaks_to_situations_of_its_own_question(question: Question) -> None:
    own = {option.id for option in question.options}
    for mention in question.cases:
        assert set(mention.options) <= own, mention
        assert len(mention.options) <= 2, "an example that speaks to all speaks to none"
        assert max(Counter(mention.options).values(), default=1) == 1


def test_every_question_has_examples_that_speak_to_a_situation() -> None:
    silent = [one.id for one in ILLUSTRATED if not any(seen.options for seen in one.cases)]
    assert silent == []


# --- what a cooperation shares with a dossier ----------------------------------------------------


def test_a_cooperation_shares_themes_publics_and_countries_in_its_own_order() -> None:
    known = read(
        **{
            THEMES: "enfance sante droits_femmes",
            PUBLICS: "migrants jeunes",
            HERE: "fr",
            THERE: "ma",
        }
    )
    near = shared(flow(), known, case(10))
    assert near == Shared(("droits_femmes", "enfance"), ("migrants",), ("ma",))
    assert near.weight == 5  # a country counts twice


def test_the_same_country_counts_on_whichever_side_the_reader_is() -> None:
    assert shared(flow(), read(**{HERE: "ma", THERE: "fr"}), case(10)).countries == ("ma",)
    assert shared(flow(), read(**{HERE: "fr", THERE: "ma"}), case(10)).countries == ("ma",)


def test_the_home_country_brings_nothing_near() -> None:
    at_home = replace(case(10), countries=("FR", "MA"))
    assert shared(flow(), read(**{HERE: "fr", THERE: "sn"}), at_home) == Shared()


def test_nothing_is_shared_with_a_dossier_that_says_nothing() -> None:
    for one in cases():
        assert shared(flow(), Facts(), one) == Shared()
    assert Shared().weight == 0


def test_what_is_shared_is_said_under_the_cooperation() -> None:
    play = begun()
    chosen = {THEMES: "droits_femmes", PUBLICS: "migrants", HERE: "fr", THERE: "ma"}
    answers = {question: Answer(tuple(ticked.split())) for question, ticked in chosen.items()}
    play.conversation = replace(play.conversation, answers=answers)
    play.act(c.PanelOpened("case", "10:Q8"))
    labels = [
        flow().questions[question].option(slug).label  # type: ignore[union-attr]
        for question, slug in ((THEMES, "droits_femmes"), (PUBLICS, "migrants"), (THERE, "ma"))
    ]
    assert f"Proche de votre projet par : {', '.join(labels)}." in play.text
    play.act(c.PanelOpened("case", "26:Q7"))
    assert "Proche de votre projet" not in play.text
