"""Rules that compare the two sides of a dossier, by example; and what a member alone never sees of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from bot.domain import dossier
from bot.domain.conversation import Answer, Conversation, Member, Role, Side, Together, Voice
from bot.domain.flow import LEVELS
from bot.domain.reading import side
from bot.domain.vigilance import Raised, raised
from tests.play import ROOT, flow

RULES: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "rules" / "D.yaml").read_text("utf-8"))
ANNA, BINTA = Member(1, Role.OWNER, "ici"), Member(2, Role.CONTRIBUTOR, "la_bas")
PASSED = "passer"

Sides = Mapping[str, Mapping[str, Any]]


def answer(said: Any) -> Answer:
    return Answer(skipped=True) if said == PASSED else Answer(tuple(said))


def shared(sides: Sides, **changes: Any) -> Conversation:
    """Anna answers here, Binta over there; nobody chose yet."""
    voices: dict[str, tuple[Voice, ...]] = {}
    number = 0
    for member in (ANNA, BINTA):
        for question, said in sides.get(member.side, {}).items():
            number += 1
            side: Side = member.side
            voice = Voice(number, member.id, side, answer(said), role=member.role)
            voices[question] = (*voices.get(question, ()), voice)
    together = Together(ANNA, (ANNA, BINTA), voices, last=number)
    conversation = Conversation(True, 1, together=replace(together, **changes))
    return dossier.seen(flow(), conversation)


def points(sides: Sides) -> dict[str, Raised]:
    found = raised(flow(), dossier.read(flow(), shared(sides)))
    return {one.rule.id: one for one in found}


def examples() -> Iterator[Any]:
    for rule, data in RULES.items():
        for level in LEVELS:
            if level in data:
                yield pytest.param(rule, level, data[level], id=f"{rule}-{level}")


@pytest.mark.parametrize(("rule", "level", "sides"), list(examples()))
def test_two_sides_raise_each_level_of_a_rule(rule: str, level: str, sides: Sides) -> None:
    found = points(sides)[rule]
    assert found.level == level
    assert found.because, "a point always says because of which answer"


@pytest.mark.parametrize("rule", RULES)
def test_two_sides_that_are_close_raise_nothing(rule: str) -> None:
    assert rule not in points(RULES[rule]["silent"])


@pytest.mark.parametrize("rule", RULES)
def test_one_side_alone_raises_nothing(rule: str) -> None:
    for level in LEVELS:
        if level in RULES[rule] and rule != "D12":
            assert rule not in points({"ici": RULES[rule][level]["ici"]})


def test_every_comparing_rule_is_tested() -> None:
    assert [one.id for one in flow().rules if one.id.startswith("D")] == list(RULES)


def test_an_answer_kept_on_one_side_is_not_compared() -> None:
    sides = RULES["D3"]["alerte"]
    voices = shared(sides).together.voices["Q14"]
    private = (voices[0], replace(voices[1], private=True))
    conversation = shared(sides, voices={"Q14": private})
    assert "Q14" not in dossier.read(flow(), conversation).differs


def test_what_is_hidden_raises_nothing_for_whoever_may_not_read_it() -> None:
    sides = {"ici": {"Q14": ["solidarite"]}, "la_bas": {}}
    binta = dossier.seen(flow(), shared(sides, me=BINTA, blind=True))
    assert not dossier.retained(flow(), binta)
    assert dossier.awaited(flow(), binta.together) == ("Q14",)
    anna = dossier.seen(flow(), shared(sides, blind=True))
    assert "Q14" in dossier.retained(flow(), anna)


def test_each_side_reads_its_own_territory_as_here() -> None:
    sides = {"ici": {"I_territoires_pays_ici": ["fr"], "I_territoires_pays_la_bas": ["sn"]}}
    assert shared(sides).answers["I_territoires_pays_ici"].options == ("fr",)
    binta = shared(sides, me=BINTA)
    assert binta.answers["I_territoires_pays_ici"].options == ("sn",)
    assert side(flow(), binta.answers) == "abroad"


def test_what_is_for_the_group_waits_until_both_sides_answered() -> None:
    sides = {
        "ici": {"Q14": ["solidarite"], "Q11": ["pas_aborde"]},
        "la_bas": {"Q11": ["pas_aborde"]},
    }
    conversation = shared(sides, blind=True)  # as the owner reads it, who wrote it
    kept = dossier.retained(flow(), dossier.in_common(flow(), conversation))
    assert "Q14" not in kept
    assert "Q11" in kept
    open_ = shared(sides)
    assert dossier.in_common(flow(), open_) == open_
