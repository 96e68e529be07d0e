"""What is raised, what is shown first, what is solid: method.md §0.4 and §5bis."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conditions import Facts, parse, reads_missing
from bot.domain.conversation import Answer
from bot.domain.flow import (
    Flow,
    FollowUp,
    Level,
    Place,
    Question,
    Roles,
    Rule,
    RuleLevel,
    Step,
    Strength,
    Unnamed,
)
from bot.domain.reading import facts
from bot.domain.strengths import pick, strengths
from bot.domain.vigilance import (
    OpenQuestion,
    Points,
    Raised,
    open_questions,
    points,
    raised,
    step_points,
)

SIX_STEPS = Path(__file__).parents[1] / "flows" / "six-etapes.yaml"
CHEZ = Place(at="chez", of="de chez", name="chez")
ROLES = Roles(
    name="I_nom",
    role="I_role",
    stage="I_stade",
    sentence="I_phrase",
    here="I_ici",
    there="I_la_bas",
    here_country="I_pays",
    there_country="I_pays_la_bas",
    here_short="I_court",
    there_short="I_court_la_bas",
    abroad_roles=("collectivite_partenaire",),
    network_roles=("reseau",),
    home_country="FR",
    single_territory="seul",
    default_stage="montage",
)
STAGES = {
    "idee": ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q8"),
    "montage": ("Q4", "Q5", "Q6", "Q7", "Q8", "Q11", "Q13"),
    "en_cours": ("Q7", "Q8", "Q9", "Q10", "Q12", "Q14", "Q15", "Q16", "Q17"),
    "bilan": ("Q12", "Q16", "Q17", "Q18", "Q19"),
}
EXAMPLE = {  # the answers of the example of §0.4
    "I_role": "collectivite_fr",
    "I_stade": "montage",
    "I_public": "jeunes",
    "Q3": "accompagner_personnes consolider_dispositif",
    "Q4": "partenaire_seul",
    "Q4_habitants": "hab_absents",
    "Q6": "un_redige_autre_valide",
    "Q10": "convention quelques_personnes",
    "Q12": "pas_prevu",
    "Q16": "publics_locaux",
}


def question(number: int) -> Question:
    return Question(
        id=f"Q{number}",
        ask="?",
        choose="many",
        details=(
            Question(id=f"Q{number}_detail", ask="?"),
            Question(id=f"Q{number}_habitants", ask="?"),
        ),
        follow_ups=(FollowUp(id=f"R{number}.1", ask="?"),),
    )


def build(*rules: Rule, solid: tuple[Strength, ...] = ()) -> Flow:
    """A flow of the shape of the method: six steps, nineteen questions, an annex."""
    spans = [(1, 3), (4, 6), (7, 10), (11, 13), (14, 16), (17, 19)]
    steps = [
        Step(f"etape{n}", "", tuple(question(q) for q in range(first, last + 1)), number=n)
        for n, (first, last) in enumerate(spans, 1)
    ]
    return Flow(
        flow="petit",
        version=1,
        language="fr",
        title="",
        identity=tuple(Question(one, "?") for one in ("I_role", "I_stade", "I_public")),
        steps=(*steps, Step("annexe", "", (question(20),), annex=True)),
        roles=ROLES,
        unnamed=Unnamed(CHEZ, CHEZ),
        unnamed_network=Unnamed(CHEZ, CHEZ),
        tell="",
        rules=rules,
        strengths=solid,
        stages=STAGES,
    )


def rule(name: str, *levels: str, **rest: object) -> Rule:
    """`rule("V1", "alerte Q1 in [a]")`; a name that begins with X is a cross rule."""
    split = [text.split(" ", 1) for text in levels]
    nature = "X" if name.startswith("X") else "O"
    when = tuple(RuleLevel(level, text) for level, text in split)  # type: ignore[arg-type]
    return Rule(id=name, title=name, advice="", levels=when, **{"nature": nature, **rest})  # type: ignore[arg-type]


def solid(name: str, when: str, *replaces: str) -> Strength:
    return Strength(name, name, "", "", when, combination=bool(replaces), replaces=replaces)


def answered(answers: Mapping[str, str], *missing: str) -> Facts:
    options = {question: frozenset(chosen.split()) for question, chosen in answers.items()}
    return Facts({**options, "side": frozenset({"france"})}, frozenset(missing))


def ids(found: tuple[Raised, ...]) -> list[str]:
    return [one.rule.id for one in found]


def shown(flow: Flow, read: Facts, *handled: str, role: str = "", stage: str = "montage") -> Points:
    return points(flow, raised(flow, read), role=role, stage=stage, handled=handled)


# --- A: the retained condition -----------------------------------------------------------------


def test_the_gravest_true_condition_is_retained_whatever_the_order_written() -> None:
    flow = build(rule("V1", "info Q1 in [a]", "alerte Q1 in [a, b]", "alerte Q1 in [a]"))
    (found,) = raised(flow, answered({"Q1": "a"}))
    assert (found.level, found.condition) == ("alerte", parse("Q1 in [a, b]"))


def test_a_condition_that_contains_missing_is_set_aside() -> None:
    flow = build(rule("V1", "alerte Q1 in [a] or missing Q2", "info Q1 in [a]"))
    assert [one.level for one in raised(flow, answered({"Q1": "a"}, "Q2"))] == ["info"]
    assert raised(flow, answered({}, "Q2")) == ()


def test_a_cross_rule_waits_for_an_answer_to_every_question_it_names() -> None:
    flow = build(rule("X1", "alerte Q3 has [a] and not Q11 in [phases]"))
    assert raised(flow, answered({"Q3": "a"})) == ()
    assert ids(raised(flow, answered({"Q3": "a", "Q11": "autre"}))) == ["X1"]


def test_a_plain_rule_reads_an_absent_answer_as_false() -> None:
    flow = build(rule("V1", "alerte Q3 has [a] and not Q11 in [phases]"))
    (found,) = raised(flow, answered({"Q3": "a"}))
    assert (found.because, found.number, found.questions) == (("Q3",), 11, {"Q3", "Q11"})


# --- C: the measures ---------------------------------------------------------------------------


def test_details_count_for_their_question_and_identity_for_none() -> None:
    flow = build(rule("V1", "alerte I_public has [a] and Q4_detail in [a] and Q4 in [a]"))
    (found,) = raised(flow, answered({"I_public": "a", "Q4_detail": "a", "Q4": "a"}))
    assert (found.number, found.questions) == (4, {"Q4"})
    assert found.because == ("I_public", "Q4_detail", "Q4")


def test_the_annex_gives_no_number_but_counts_among_the_questions() -> None:
    flow = build(
        rule("V1", "attention Q20 in [a]", "alerte Q20_detail in [a] and side in [france]")
    )
    (found,) = raised(flow, answered({"Q20_detail": "a"}))
    assert (found.number, found.questions, found.because) == (0, {"Q20"}, ("Q20_detail",))


@pytest.mark.parametrize(
    ("stage", "first"),
    [("montage", ["V4", "V12"]), ("bilan", ["V12", "V4"]), ("idee", ["V4", "V12"])],
)
def test_an_early_stage_lets_a_late_alert_wait(stage: str, first: list[str]) -> None:
    flow = build(
        rule("V12", "alerte Q12 in [a] and Q9 in [a]"), rule("V4", "alerte Q4 in [a]", rank="B")
    )
    read = answered({"Q12": "a", "Q9": "a", "Q4": "a"})
    assert ids(shown(flow, read, stage=stage).first) == first


def test_a_point_without_a_number_is_in_season_at_no_stage() -> None:
    flow = build(rule("VS", "alerte Q20 in [a]"), rule("V1", "attention Q4 in [a]"))
    flow = replace(flow, stages={"montage": ("Q4", "Q20")})
    assert ids(shown(flow, answered({"Q20": "a", "Q4": "a"})).first) == ["V1", "VS"]


# --- D: the sort -------------------------------------------------------------------------------

LADDER = {  # each line comes before the next by the criterion of §0.4 D that it names
    "harm": rule("V1", "alerte Q4 in [a]", harm=True),
    "urgent": rule("V2", "alerte Q5 in [a]"),
    "more questions": rule("V3", "attention Q6 in [a] and Q7 in [a]", rank="C"),
    "rank": rule("V4", "attention Q8 in [a]", rank="A"),
    "in season": rule("V5", "attention Q11 in [a]", rank="B"),
    "more questions, out of season": rule(
        "V6", "alerte Q1 in [a] and Q2 in [a]", harm=True, rank="A"
    ),
    "cross rule, worth A": rule("X7", "attention Q3 in [a]", rank="C"),
    "order of the document": rule("V8", "attention Q9 in [a]", rank="A"),
    "last": rule("V9", "attention Q10 in [a]", rank="A"),
}


@given(st.permutations([one for one in LADDER.values() if one.id not in ("V8", "V9")]))
def test_points_are_sorted_by_each_criterion_in_turn(shuffled: list[Rule]) -> None:
    flow = build(LADDER["order of the document"], LADDER["last"], *shuffled)
    found = shown(flow, answered({f"Q{n}": "a" for n in range(1, 20)}))
    order = [one.id for one in LADDER.values()]
    assert ids(found.first) == order[:3]
    assert ids(found.following) == order[3:8]


# --- B and E: who is a candidate, and who is taken -----------------------------------------------


def test_a_skipped_point_comes_back_once_the_one_that_hid_it_is_handled() -> None:
    flow = build(rule("V1", "alerte Q4 in [a]"), rule("V2", "attention Q4_detail in [a]"))
    read = answered({"Q4": "a", "Q4_detail": "a"})
    assert ids(shown(flow, read).first) == ["V1"]
    assert ids(shown(flow, read, "V1").first) == ["V2"]


def test_a_point_is_for_its_roles_only() -> None:
    flow = build(rule("V1", "alerte Q4 in [a]", roles=("reseau",)))
    read = answered({"Q4": "a"})
    assert ids(shown(flow, read, role="reseau").first) == ["V1"]
    assert shown(flow, read, role="") == shown(flow, read, role="association_ong") == Points()


def test_a_cross_rule_speaks_for_its_points_even_handled() -> None:
    flow = build(
        rule("V1", "alerte Q4 in [a]"),
        rule("V2", "info Q4 in [a]"),
        rule("X1", "attention Q4 in [a] and Q5 in [a]", refers=("V1", "V2")),
    )
    both = answered({"Q4": "a", "Q5": "a"})
    assert shown(flow, both).ideas == ()
    assert ids(shown(flow, both).first) == ["X1"]
    assert shown(flow, both, "X1") == Points()
    assert ids(shown(flow, answered({"Q4": "a"})).first) == ["V1"]


def test_ideas_are_the_points_of_level_info_step_by_step() -> None:
    flow = build(
        rule("VS", "info Q20 in [a]"),
        rule("V0", "info I_public has [a]"),
        rule("V5", "info Q16 in [a]"),
        rule("V1", "info Q2 in [a]"),
        rule("E1", "info Q1 in [a]"),
        rule("V2", "attention Q4 in [a]"),
    )
    read = answered(dict.fromkeys(("Q20", "I_public", "Q16", "Q2", "Q1", "Q4"), "a"))
    assert ids(shown(flow, read).ideas) == ["V1", "E1", "V5", "VS", "V0"]
    assert ids(shown(flow, read, "E1").ideas) == ["V1", "V5", "VS", "V0"]


# --- F: the end of a step ------------------------------------------------------------------------


def test_the_end_of_a_step_tells_two_points_of_that_step() -> None:
    flow = build(
        rule("V4", "attention Q4 in [a]"),
        rule("V5", "attention Q5 in [a]"),
        rule("V6", "alerte Q6 in [a]"),
        rule("V46", "alerte Q4 in [a] and Q12 in [a]"),
        rule("V7", "info Q6 in [a]"),
        rule("VS", "alerte Q20 in [a]"),
    )
    read = answered(dict.fromkeys(("Q4", "Q5", "Q6", "Q12", "Q20"), "a"))

    def told(step: str, *handled: str) -> list[str]:
        everything = raised(flow, read)
        return ids(step_points(flow, everything, step, role="", stage="montage", handled=handled))

    assert told("etape2") == ["V6", "V4"]
    assert told("etape2", "V6") == ["V4", "V5"]
    assert told("etape4") == ["V46"]
    assert told("etape6") == told("annexe") == []


# --- open questions ------------------------------------------------------------------------------


def test_what_only_an_absence_would_raise_joins_the_open_questions() -> None:
    flow = build(
        rule("V1", "attention Q4 in [a]", "attention missing Q5"),
        rule("V2", "attention missing Q5", "info missing Q17 and Q4 in [a]"),
        rule("V3", "attention Q4 in [b] or missing Q6"),
        rule("V4", "info missing Q4_detail"),
        rule("X1", "alerte missing Q5"),
        rule("VS", "attention missing Q20"),
    )
    read = answered({"Q4": "a"}, "Q5", "Q17", "Q4_detail", "Q4_habitants", "Q20", "R5.1")
    assert open_questions(flow, read) == (
        OpenQuestion("Q4_detail", ("V4",)),
        OpenQuestion("Q5", ("V2",)),
        OpenQuestion("Q17", ("V2",)),
    )
    assert open_questions(flow, answered({"Q4": "a", "Q5": "b"}, "Q6")) == (
        OpenQuestion("Q6", ("V3",)),
    )


# --- solid points --------------------------------------------------------------------------------


def said(flow: Flow, read: Facts, *handled: str, stage: str = "montage") -> list[str]:
    found = strengths(flow, read, raised(flow, read), stage=stage, handled=handled)
    return [one.id for one in found]


def test_a_solid_point_is_silent_while_an_alert_reads_one_of_its_questions() -> None:
    flow = build(
        rule("V1", "alerte Q4_detail in [a]"),
        rule("V2", "attention Q5 in [a]"),
        solid=(solid("F4", "Q4 in [a]"), solid("F5", "Q5 in [a]")),
    )
    read = answered({"Q4": "a", "Q4_detail": "a", "Q5": "a"})
    assert said(flow, read) == ["F5"]
    assert said(flow, read, "V1") == ["F4", "F5"]


def test_a_combination_comes_first_and_replaces_what_it_cites_unless_it_is_silent() -> None:
    flow = build(
        rule("V1", "alerte Q6 in [b]"),
        solid=(
            solid("F1", "Q1 in [a]"),
            solid("F4", "Q4 in [a]"),
            solid("F46", "Q4 in [a] and Q6 in [a, b]", "F4"),
        ),
    )
    together = answered({"Q1": "a", "Q4": "a", "Q6": "a"})
    assert said(flow, together) == said(flow, together, stage="bilan") == ["F46", "F1"]
    assert said(flow, answered({"Q1": "a", "Q4": "a", "Q6": "b"})) == ["F4", "F1"]


def test_an_absent_answer_neither_gives_nor_takes_a_solid_point() -> None:
    flow = build(solid=(solid("F1", "not Q1 in [a]"), solid("F2", "Q2 in [a] and not Q1 in [a]")))
    assert said(flow, answered({"Q2": "a"})) == ["F2"]


def test_solid_points_shown_together_share_no_question() -> None:
    flow = build(
        solid=(
            solid("F1", "Q10 in [a]"),
            solid("F2", "Q10_detail in [a]"),
            solid("F3", "Q4 in [a] and Q11 in [a]"),
        )
    )
    read = answered(dict.fromkeys(("Q4", "Q10", "Q10_detail", "Q11"), "a"))
    found = strengths(flow, read, (), stage="montage", handled=())
    assert [one.id for one in found] == ["F3", "F1", "F2"]
    assert [one.id for one in pick(flow, found, 3)] == ["F3", "F1"]
    assert [one.id for one in pick(flow, found, 1)] == ["F3"]
    assert [one.id for one in pick(flow, found, 1, "etape3")] == ["F1"]
    assert pick(flow, found, 1, "etape2") == ()


# --- the example of §0.4 -------------------------------------------------------------------------


def test_the_example_of_the_method() -> None:
    from bot.content import load_flow

    flow = load_flow(SIX_STEPS)
    answers = {one: Answer(tuple(chosen.split())) for one, chosen in EXAMPLE.items()}
    read = facts(flow, answers, complete=True)
    everything = raised(flow, read)
    found = points(flow, everything, role="collectivite_fr", stage="montage", handled=())
    assert ids(found.first) == ["V2.10", "V2.17", "X5"]
    assert ids(found.following) == ["V3.20"]
    solid_points = strengths(flow, read, everything, stage="montage", handled=())
    assert [one.id for one in pick(flow, solid_points, 1)] == ["F3.7"]
    by_question = {one.question: one.rules for one in open_questions(flow, read)}
    assert by_question["Q5"] == ("V2.15",)
    assert by_question["Q7"] == ("V3.2",)
    assert by_question["Q8"] == ("V3.12",)
    assert by_question["Q9"] == ("V3.16",)
    assert by_question.keys().isdisjoint({"Q3", "Q4", "Q6", "Q10", "Q12", "Q16", "Q20"})


# --- properties ----------------------------------------------------------------------------------

NAMES = ("Q1", "Q4", "Q4_detail", "Q6", "Q8", "Q11", "Q12", "Q19", "Q20", "I_public", "R4.1")
LEVEL: st.SearchStrategy[Level] = st.sampled_from(["info", "attention", "alerte"])
TEST = st.builds(
    "{} {} [{}]".format,
    st.sampled_from(NAMES),
    st.sampled_from(["in", "has", "lacks", "only"]),
    st.sampled_from(["a", "b", "a, b"]),
)
STATE = st.builds("{} {}".format, st.sampled_from(["missing", "answered"]), st.sampled_from(NAMES))
CONDITION = st.recursive(
    TEST | STATE,
    lambda one: (
        st.builds("({} {} {})".format, one, st.sampled_from(["and", "or"]), one)
        | st.builds("not ({})".format, one)
    ),
    max_leaves=4,
)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    found = []
    for index in range(draw(st.integers(1, 14))):
        levels = draw(st.lists(st.builds("{} {}".format, LEVEL, CONDITION), min_size=1, max_size=3))
        found.append(
            rule(
                f"{draw(st.sampled_from('EVX'))}{index}",
                *levels,
                rank=draw(st.sampled_from("ABC")),
                harm=draw(st.booleans()),
                roles=draw(st.sampled_from([(), (), ("reseau",)])),
                refers=draw(st.sampled_from([(), ("V1",), ("V2", "E3")])),
            )
        )
    return build(*found)


FACTS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["a", "b", "a b"])).map(
    lambda answers: answered(answers, *(name for name in NAMES if name not in answers))
)
WHO = st.sampled_from(["", "reseau", "collectivite_fr"])
HANDLED = st.frozensets(st.sampled_from(["V1", "E2", "X3", "X4"]))


@given(flows(), FACTS, WHO, st.sampled_from([*STAGES, "inconnu"]), HANDLED)
def test_points_shown_share_no_question_and_never_come_from_an_absence(
    flow: Flow, read: Facts, role: str, stage: str, handled: frozenset[str]
) -> None:
    everything = raised(flow, read)
    assert not any(reads_missing(one.condition) for one in everything)
    found = points(flow, everything, role=role, stage=stage, handled=handled)
    chosen = (*found.first, *found.following)
    named = [name for one in chosen for name in one.questions]
    assert len(named) == len(set(named))
    assert len(found.first) <= 3
    assert len(found.following) <= 5
    assert not found.following or len(found.first) == 3
    assert handled.isdisjoint(ids((*chosen, *found.ideas)))
    assert {one.level for one in chosen} <= {"alerte", "attention"}
    assert {one.level for one in found.ideas} <= {"info"}


@given(flows(), FACTS, WHO, st.sampled_from([*STAGES]), st.randoms(use_true_random=False))
def test_points_depend_on_nothing_but_what_they_are_given(
    flow: Flow, read: Facts, role: str, stage: str, chance: object
) -> None:
    everything = list(raised(flow, read))
    found = points(flow, everything, role=role, stage=stage, handled=())
    options = list(read.options.items())
    chance.shuffle(options)  # type: ignore[attr-defined]
    chance.shuffle(everything)  # type: ignore[attr-defined]
    again = raised(flow, Facts(dict(options), read.missing, read.differs))
    assert points(flow, again, role=role, stage=stage, handled=()) == found
    assert points(flow, everything, role=role, stage=stage, handled=()) == found


@given(flows(), FACTS)
def test_an_open_question_has_no_answer_and_its_rules_are_not_raised(
    flow: Flow, read: Facts
) -> None:
    everything = set(ids(raised(flow, read)))
    for one in open_questions(flow, read):
        assert one.question in read.missing
        assert everything.isdisjoint(one.rules)
