"""Every point and strength by example (`tests/rules/*.yaml`); whole dossiers; two thousand random ones."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from bot.domain.conditions import Facts, parse, reads_missing
from bot.domain.conversation import Answer, Fragment
from bot.domain.flow import LEVELS, OTHER, Level, Question
from bot.domain.reading import SIDE, applies, facts, role, stage
from bot.domain.strengths import strengths
from bot.domain.vigilance import FIRST, Points, Raised, open_questions, points, raised
from tests.play import cases, flow

FOLDER = Path(__file__).parent / "rules"
FAMILIES = ("E1", "V2", "V3", "V4", "V5", "V6", "VS", "X")
DOSSIERS = 2000

Answers = Mapping[str, list[str]]


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


RULES = {rule: data for family in FAMILIES for rule, data in load(family).items()}
STRENGTHS = load("F")
WHOLE = load("dossiers")


def given(answers: Answers) -> dict[str, Answer]:
    """The answers of a dossier; `autre` stands for words without a tick."""
    words = Answer(fragments=(Fragment("Autrement."),))
    return {
        question: words if options == [OTHER] else Answer(tuple(options))
        for question, options in answers.items()
    }


def read(answers: Answers) -> Facts:
    return facts(flow(), given(answers))


def raises(rule: str, answers: Answers) -> Raised | None:
    return next((one for one in raised(flow(), read(answers)) if one.rule.id == rule), None)


def solid(answers: Answers) -> list[str]:
    everything, known = raised(flow(), read(answers)), given(answers)
    found = strengths(flow(), read(answers), everything, stage=stage(flow(), known), handled=())
    return [one.id for one in found]


def shown(answers: Answers, read: Facts) -> Points:
    known = given(answers)
    return points(
        flow(),
        raised(flow(), read),
        role=role(flow(), known),
        stage=stage(flow(), known),
        handled=(),
    )


def ids(found: Iterable[Raised]) -> list[str]:
    return [one.rule.id for one in found]


# --- every rule, every level -----------------------------------------------------------------


def readable(rule: str) -> dict[Level, list[str]]:
    """The conditions that answers can make true, by level, in the order in which they are read."""
    written = flow().rules_by_id[rule].levels
    return {
        level: [one.when for one in written if one.level == level and not _missing(one.when)]
        for level in LEVELS
    }


def _missing(condition: str) -> bool:
    return reads_missing(parse(condition))


def examples() -> Iterator[Any]:
    for rule, data in RULES.items():
        for level in LEVELS:
            sets = data.get(level, [])
            for number, answers in enumerate(sets if isinstance(sets, list) else [sets]):
                yield pytest.param(rule, level, number, answers, id=f"{rule}-{level}-{number + 1}")


@pytest.mark.parametrize(("rule", "level", "number", "answers"), list(examples()))
def test_a_set_of_answers_raises_each_condition_of_a_rule(
    rule: str, level: Level, number: int, answers: Answers
) -> None:
    found = raises(rule, answers)
    assert found, f"{rule} n’est pas levé par {answers}"
    assert (found.level, found.condition) == (level, parse(readable(rule)[level][number]))
    assert set(found.because) <= answers.keys()
    assert found.because, "un point dit toujours à cause de quelle réponse"


@pytest.mark.parametrize("rule", RULES)
def test_a_close_set_of_answers_raises_nothing(rule: str) -> None:
    assert raises(rule, RULES[rule]["silent"]) is None


@pytest.mark.parametrize("rule", [one for one in RULES if "open" in RULES[one]])
def test_a_missing_answer_opens_a_question_and_raises_nothing(rule: str) -> None:
    for question in RULES[rule]["open"]:
        skipped = facts(flow(), {question: Answer(skipped=True)})
        assert rule not in ids(raised(flow(), skipped))
        opened = {one.question: one.rules for one in open_questions(flow(), skipped)}
        assert rule in opened[question]


def test_every_rule_has_an_example_of_each_of_its_levels() -> None:
    compared = [rule.id for rule in flow().rules if rule.id.startswith("D")]  # in test_sides.py
    assert [*RULES, *compared] == [rule.id for rule in flow().rules]
    for rule, data in RULES.items():
        for level, conditions in readable(rule).items():
            sets = data.get(level, [])
            assert len(sets if isinstance(sets, list) else [sets]) == len(conditions), (rule, level)
        absent = any(_missing(one.when) for one in flow().rules_by_id[rule].levels)
        assert absent == ("open" in data), rule


def test_every_example_is_made_of_answers_that_exist() -> None:
    for answers in every_set():
        for question, options in answers.items():
            known = flow().questions[question]
            assert options == [OTHER] or all(known.option(one) for one in options), (
                question,
                options,
            )
            assert known.choose == "many" or len(options) == 1, (question, options)
            alone = [one for one in options if (found := known.option(one)) and found.exclusive]
            assert not alone or len(options) == 1, (question, options)


def every_set() -> Iterator[Answers]:
    for data in (*RULES.values(), *STRENGTHS.values()):
        for name in (*LEVELS, "raised", "silent"):
            sets = data.get(name, [])
            yield from sets if isinstance(sets, list) else [sets]
    for dossier in WHOLE.values():
        yield dossier["answers"]


# --- every strength --------------------------------------------------------------------------


def test_every_strength_has_an_example() -> None:
    assert list(STRENGTHS) == [strength.id for strength in flow().strengths]


@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_strength_is_said_and_a_close_set_does_not_say_it(strength: str) -> None:
    assert strength in solid(STRENGTHS[strength]["raised"])
    assert strength not in solid(STRENGTHS[strength]["silent"])


# --- whole dossiers --------------------------------------------------------------------------


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_dossier_shows_what_a_careful_reader_would_expect(name: str) -> None:
    dossier = WHOLE[name]
    answers = dossier["answers"]
    found = shown(answers, read(answers))
    kept = ids((*found.first, *found.following))
    assert set(dossier.get("first", ())) <= set(ids(found.first)), ids(found.first)
    assert set(dossier.get("points", ())) <= set(kept), kept
    assert set(dossier.get("ideas", ())) <= set(ids(found.ideas)), ids(found.ideas)
    assert set(dossier.get("strengths", ())) <= set(solid(answers)), solid(answers)
    silent = set(dossier.get("silent", ()))
    assert silent.isdisjoint(ids(raised(flow(), read(answers)))), silent
    for level in dossier.get("no", ()):
        assert level not in {one.level for one in raised(flow(), read(answers))}


def test_the_dossiers_of_published_cases_follow_their_public_and_country() -> None:
    library = {case.number: case for case in cases()}
    for dossier in WHOLE.values():
        if number := dossier.get("case"):
            case = library[number]
            assert tuple(dossier["answers"]["I_public"]) <= case.public
            assert dossier["answers"]["I_territoires_pays_la_bas"][0].upper() in case.countries


# --- two thousand at random --------------------------------------------------------------------


def a_dossier(chance: Random) -> dict[str, list[str]]:
    """Answers drawn as a group might give them: some questions empty, few ticks, exclusive ones alone."""
    asked = [question for question in flow().questions.values() if question.options]
    empty = chance.choice([0.0, 0.1, 0.3, 0.6])
    answers: dict[str, list[str]] = {}
    for question in asked:
        met = not question.when or applies(question, read(answers))
        if met and chance.random() >= empty:
            answers[question.id] = drawn(question, chance)
    return answers


def drawn(question: Question, chance: Random) -> list[str]:
    options = list(question.options[: question.buttons or None])
    first = chance.choice(options)
    if question.choose == "one" or first.exclusive:
        return [first.id]
    others = [one.id for one in options if not one.exclusive and one is not first]
    return [first.id, *chance.sample(others, min(len(others), chance.choice([0, 1, 1, 2])))]


def test_on_two_thousand_dossiers_the_first_points_are_varied_apart_and_earned() -> None:
    chance = Random(19)
    touched: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    alone = 0
    for _ in range(DOSSIERS):
        answers = a_dossier(chance)
        partial = read(answers)
        complete = facts(flow(), given(answers), complete=True)
        found = shown(answers, partial)
        assert found == shown(answers, complete), "une absence a changé ce qui est montré"
        assert len(found.first) <= FIRST
        named = [question for one in found.first for question in one.questions]
        assert len(named) == len(set(named))
        for one in found.first:
            assert one.because
            assert not reads_missing(one.condition)
            assert {*one.because} <= answers.keys()
            touched[one.rule.id] += 1
            steps[step_of(one)] += 1
        alone += len(found.first) < FIRST
    report(touched, steps, alone)
    assert len(touched) >= 60


def step_of(one: Raised) -> str:
    """The step of m(p), the greatest question number that the point reads."""
    home = flow().step_of[flow().counted[one.number - 1]] if one.number else None
    return home.id if home else "annexe"


def report(touched: Counter[str], steps: Counter[str], alone: int) -> None:
    """The spread, shown with -s."""
    total = sum(steps.values())
    print(f"\n{DOSSIERS} dossiers, {len(touched)} points différents parmi les trois premiers")
    for step, count in sorted(steps.items()):
        print(f"  {step:8} {count:5} {100 * count / total:5.1f} %  {'▰' * (60 * count // total)}")
    print("  les plus fréquents : " + ", ".join(f"{k} {n}" for k, n in touched.most_common(10)))
    weak = [one.id for one in flow().rules if any(level.level != "info" for level in one.levels)]
    never = [one for one in weak if one not in touched]
    print(f"  jamais parmi les trois premiers ({len(never)}) : {', '.join(never)}")
    print(f"  dossiers avec moins de trois points : {alone}")


def test_the_side_of_a_dossier_is_never_a_cause() -> None:
    for answers in every_set():
        for one in raised(flow(), read(answers)):
            assert SIDE not in one.because
