"""Cross-checks of a flow, and its diagram."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import find_flows, flows_folder, load_cases, load_flow
from bot.domain.check import Fault, check, quick_check
from bot.domain.check.explore import answered, satisfiable
from bot.domain.conditions import All, Condition, Facts, Is, Not, leaves, parse
from bot.domain.conditions import Any as Either
from bot.domain.conditions import Test as Compare
from bot.domain.flow import (
    OTHER,
    Figure,
    Flow,
    FollowUp,
    Mention,
    Option,
    Question,
    Rule,
    RuleLevel,
    Variant,
)
from bot.domain.graph import mermaid
from bot.domain.reading import SIDE, SIDES

SMALL = load_flow(Path(__file__).parent / "data" / "small.yaml")
Q4, Q8 = SMALL.questions["Q4"], SMALL.questions["Q8"]


def with_question(question: Question, **changes: Any) -> Flow:
    step = SMALL.steps[0]
    changed = replace(question, **changes)
    kept = tuple(changed if one.id == question.id else one for one in step.questions)
    return replace(SMALL, steps=(replace(step, questions=kept),))


def with_rule(*whens: str, levels: tuple[str, ...] = (), **changes: Any) -> Flow:
    levels = levels or ("alerte", "attention", "info")
    written = tuple(RuleLevel(level, when) for level, when in zip(levels, whens, strict=False))  # type: ignore[arg-type]
    rule = Rule(id="V9.9", title="t", advice="a", source="s", levels=written)
    return replace(SMALL, rules=(*SMALL.rules, replace(rule, **changes)))


def told(flow: Flow) -> list[str]:
    return [f"{fault.severity} {fault.message}" for fault in check(flow)]


def test_a_sound_flow_has_no_fault() -> None:
    assert check(SMALL) == ()


def test_a_flow_may_have_no_identity_at_all() -> None:
    questions = (replace(SMALL.steps[0].questions[1], options=Q8.options[:1]),)
    steps = (replace(SMALL.steps[0], questions=questions, order=()),)
    flow = Flow(flow="x", version=1, language="fr", title="t", steps=steps, tell="Racontez.")
    assert check(flow) == ()  # without points, an answer needs serve nothing


@pytest.mark.parametrize(
    ("when", "message", "offset"),
    [
        ("Q4 in [croise", "condition illisible : il manque « ] »", 13),
        ("Q44 in [croise]", "« Q44 » n’est pas une question (Q4 ?)", 0),
        (
            "q4_Habitants in [hab_absents]",
            "« q4_Habitants » n’est pas une question (Q4_habitants ?)",
            0,
        ),
        ("Q4 in [Croise]", "« Croise » n’est pas une option de Q4 (croise ?)", 7),
        (
            "Q4 in [croise, partenaire]",
            "« partenaire » n’est pas une option de Q4 (partenaire_seul ?)",
            15,
        ),
        ("Q4 in [croise] and Q4 in [zzz]", "« zzz » n’est pas une option de Q4", 26),
        ("side in [etranger]", "« etranger » n’est pas une option de side", 9),
        ("R4.1 in [croise]", "« croise » n’est pas une option de R4.1", 9),
        ("", "il manque la condition", None),
        ("not " * 300 + "Q4 in [croise]", "condition trop longue (plus de 1000 caractères)", None),
    ],
)
def test_a_condition_names_what_exists(when: str, message: str, offset: int | None) -> None:
    (fault,) = check(with_rule(when))
    assert (fault.message, fault.offset, fault.severity) == (message, offset, "error")
    assert fault.path == ("rules", 3, "levels", 0, "when")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("Q8 in [gouvernance]", "écrivez « has » plutôt que « in »"),
        ("Q4 has [croise]", "écrivez « in » plutôt que « has »"),
        ("Q4 lacks [croise]", "écrivez « in » plutôt que « lacks »"),
        ("differs Q8", "perspective: each_side"),
    ],
)
def test_an_operator_that_does_not_suit_the_question_is_a_warning(when: str, words: str) -> None:
    found = [fault for fault in check(with_rule(when)) if words in fault.message]
    assert [fault.severity for fault in found] == ["warning"]


@pytest.mark.parametrize(
    "when", ["side in [france]", "differs Q4", "answered R4.1", "Q4 in [autre]"]
)
def test_what_is_derived_or_implicit_is_known(when: str) -> None:
    assert check(with_rule(when)) == ()


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (with_rule("Q4 in [croise]", id="Q4"), "l’identifiant « Q4 » est déjà pris"),
        (with_rule("Q4 in [croise]", id="C4.1"), "l’identifiant « C4.1 » est déjà pris"),
        (
            with_rule("Q4 in [croise]", was=("V2.3",)),
            "l’ancien identifiant « V2.3 » est encore pris",
        ),
        (with_rule("Q4 in [croise]", refers=("V2.33",)), "« V2.33 » n’est pas une règle (V2.3 ?)"),
        (with_rule("Q4 in [croise]", roles=("asso",)), "« asso » n’est pas une option de I_role"),
        (with_rule("Q4 in [croise]", title=" "), "« title » est vide"),
        (with_rule(), "une règle a au moins un niveau"),
        (with_question(Q8, id="side"), "l’identifiant « side » est déjà pris"),
        (with_question(Q8, id="Q 8"), "« Q 8 » : un identifiant s’écrit"),
        (with_question(Q8, id="only"), "« only » est un mot du langage"),
        (with_question(Q8, id="Q8" * 30), "identifiant trop long"),
        (with_question(Q8, options=(), choose="one"), "une question à choix a besoin d’options"),
        (with_question(Q8, choose=None), "il manque « choose: one »"),
        (with_question(Q8, options=(*Q8.options, Q8.options[0])), "« diagnostic » est déjà pris"),
        (with_question(Q8, options=(Option("a", ""),)), "« label » est vide"),
        (with_question(Q8, when="Q8 has [absente]"), "Q8 ne peut pas dépendre d’elle-même"),
        (
            with_question(Q8, variants=(Variant("side in [abroad]", labels={"abs": "x"}),)),
            "« abs » n’est pas une option de Q8 (absente ?)",
        ),
        (
            with_question(Q8, variants=(Variant("side in [abroad]", first=("zut",)),)),
            "« zut » n’est pas une option de Q8",
        ),
        (
            with_question(Q8, variants=(Variant("side in [abroad]", only=("gouv",)),)),
            "« gouv » n’est pas une option de Q8",
        ),
        (
            with_question(Q8, cases=(Mention(4, "x", options=("gouvernence",)),)),
            "« gouvernence » n’est pas une option de Q8 (gouvernance ?)",
        ),
        (
            with_question(Q8, cases=(Mention(4, "x", options=("croise",)),)),
            "« croise » n’est pas une option de Q8",
        ),
        (with_question(Q8, cases=(Mention(shows="x"),)), "« case », ou bien « id » et « title »"),
        (
            replace(SMALL, figures=(Figure("f", "9 %", ("Q8",), option="gouv"),)),
            "« gouv » n’est pas une option de Q8",
        ),
        (replace(SMALL, figures=(Figure("f", "9 %", ("Q8",)),)), "« label » est vide"),
        (with_question(Q8, recalls=("Q4", "Q44")), "« Q44 » n’est pas une question (Q4 ?)"),
        (replace(SMALL, header=("I_non",)), "« I_non » n’est pas une question de l’en-tête"),
        (
            replace(SMALL, stages={**SMALL.stages, "bilan": ("Q4",)}),
            "« bilan » n’est pas une option",
        ),
        (replace(SMALL, stages={**SMALL.stages, "idee": ("Q5",)}), "« Q5 » n’est pas une question"),
        (replace(SMALL, roles=replace(SMALL.roles, stage="I_stad")), "(I_stade ?)"),
        (replace(SMALL, roles=replace(SMALL.roles, default_stage="x")), "« x » n’est pas un stade"),
        (replace(SMALL, title=""), "« title » est vide"),
        (replace(SMALL, roles=replace(SMALL.roles, stage="")), "il manque la question qui donne"),
        (
            with_question(Q8, options=(*Q8.options, Option("z", "z", was=("absente",)))),
            "l’ancien identifiant « absente » est encore pris",
        ),
        (
            with_question(Q4, details=(replace(Q4.details[0], follow_ups=Q4.follow_ups),)),
            "une sous-question n’a pas de relances",
        ),
        (
            replace(SMALL, steps=(replace(SMALL.steps[0], id="identity"),)),
            "« identity » est déjà pris",
        ),
        (replace(SMALL, version=0), "la version est un nombre à partir de 1"),
    ],
)
def test_ids_and_texts_are_checked(flow: Flow, message: str) -> None:
    errors = [fault.message for fault in check(flow) if fault.severity == "error"]
    assert any(message in one for one in errors), errors


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (with_rule("Q4 in [croise]", source=""), "il manque la source"),
        (with_question(Q8, ask="x" * 301), "question trop longue : 301 caractères"),
        (with_question(Q8, options=(*Q8.options, Option("z", "x" * 29))), "bouton trop long : 29"),
        (
            with_question(Q8, options=(*Q8.options, Option("z", "x"))),
            "rien n’utilise l’option « z »",
        ),
        (
            with_question(Q4, options=(*Q4.options, Option("z", "x", exclusive=True))),
            "inutile : le choix est unique",
        ),
        (with_question(Q8, variants=(Variant("side in [abroad]"),)), "ne change rien"),
        (with_question(Q8, ask="Et {la_bbas} ?"), "« {la_bbas} » : seuls {ici} et {la_bas}"),
        (with_question(Q8, ask="Et {ici ?"), "« {ici ? » : seuls"),
    ],
)
def test_what_would_bother_a_reader_is_a_warning(flow: Flow, message: str) -> None:
    found = [fault for fault in check(flow) if message in fault.message]
    assert [fault.severity for fault in found] == ["warning"]


@pytest.mark.parametrize(
    ("label", "size"),
    [
        ("{la_bas}" + "x" * 20, 29),
        ("{la_bas}" + "x" * 19, None),
        ("{ici paie|nous payons tous les deux ensemble}", 34),
        ("{ici est d’accord|oui}", None),
    ],
)
def test_a_territory_counts_for_nine_characters_in_a_button(label: str, size: int | None) -> None:
    flow = with_question(Q8, options=(*Q8.options, Option("z", label, waiting=True)))
    found = re.findall(r"bouton trop long : (\d+)", str(check(flow)))
    assert found == ([str(size)] if size else [])


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (with_rule("Q4 in [croise] and Q4 in [pas_encore]"), "la condition n’est jamais vraie"),
        (with_rule("Q8 has [absente] and Q8 has [gouvernance]"), "la condition n’est jamais vraie"),
        (with_rule("Q8 only [gouvernance] and Q8 lacks [gouvernance]"), "jamais vraie"),
        (with_rule("Q4 in [pas_encore] and answered Q4_habitants"), "jamais vraie"),
        (with_rule("missing Q4 and Q4 in [croise]"), "jamais vraie"),
        (
            with_rule("Q4 in [croise]", "Q4 in [croise] and Q8 has [diagnostic]"),
            "un niveau plus grave",
        ),
        (with_rule("Q4 in [croise]", "answered Q4", "Q4 in [autre]"), "un niveau plus grave"),
        (
            with_rule("Q4 in [croise]", "answered Q4", levels=("info", "attention")),
            "un niveau plus grave",
        ),
        (with_rule("Q4 in [croise, partenaire_seul, pas_encore, autre]"), "quelles que soient"),
        (with_rule("Q8 has [diagnostic] or Q8 lacks [diagnostic]"), "quelles que soient"),
        (with_rule("not Q8 has [diagnostic]"), "vraie avant toute réponse"),
        (with_rule("side in [france, abroad]"), "quelles que soient"),
        (with_question(Q8, when="side in [france] and side in [abroad]"), "n’est jamais vraie"),
        (
            with_question(
                Q8, follow_ups=(FollowUp("R8.1", "a", "Q8 has [absente]", "answered Q8"),)
            ),
            "jamais posée",
        ),
    ],
)
def test_what_can_never_or_always_be_raised_is_a_warning(flow: Flow, words: str) -> None:
    found = [fault for fault in check(flow) if words in fault.message]
    assert {fault.severity for fault in found} == {"warning"}, told(flow)


@pytest.mark.parametrize(
    "flow",
    [
        with_rule("Q4 in [croise]", "answered Q4", "missing Q4"),
        with_rule("Q8 has [diagnostic] and Q8 lacks [gouvernance]"),
        with_rule("Q8 has [diagnostic]", "Q8 has [gouvernance]", "Q8 only [absente]"),
        with_rule("not Q4 in [croise] and Q8 has [diagnostic]", nature="X"),
        with_rule("not Q8 has [diagnostic] and answered Q4"),
        with_rule("differs Q4 and Q8 only [autre]"),
        with_rule("missing Q4 and Q8 has [diagnostic]"),
    ],
)
def test_what_can_be_raised_is_left_in_peace(flow: Flow) -> None:
    assert check(flow) == ()


# --- exploration against brute force -----------------------------------------------------------

leaf = st.one_of(
    st.builds(
        Compare,
        st.just("Q4"),
        st.sampled_from(["in", "has", "lacks", "only"]),
        st.lists(st.sampled_from(["croise", "partenaire_seul", OTHER]), min_size=1).map(tuple),
    ),
    st.builds(
        Compare,
        st.just("Q4_habitants"),
        st.just("in"),
        st.lists(st.sampled_from(["hab_analyse", "hab_absents"]), min_size=1).map(tuple),
    ),
    st.builds(
        Compare,
        st.just("Q8"),
        st.sampled_from(["has", "lacks", "only"]),
        st.lists(st.sampled_from(["diagnostic", "gouvernance", "absente", OTHER]), min_size=1).map(
            tuple
        ),
    ),
    st.builds(Is, st.sampled_from(["missing", "answered"]), st.sampled_from(["Q4", "Q8"])),
    st.builds(Is, st.just("differs"), st.just("Q4")),
    st.builds(
        Compare, st.just(SIDE), st.just("in"), st.sampled_from(SIDES).map(lambda one: (one,))
    ),
)
conditions = st.recursive(
    leaf,
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, min_size=2, max_size=4).map(lambda terms: All(tuple(terms)))
        | st.lists(inner, min_size=2, max_size=4).map(lambda terms: Either(tuple(terms)))
    ),
    max_leaves=8,
)


def every_answer(question: Question) -> Iterator[frozenset[str]]:
    free = [option.id for option in question.options if not option.exclusive]
    yield from (frozenset({option.id}) for option in question.options)
    yield frozenset({OTHER})
    if question.choose == "many":
        for size in range(2, len(free) + 1):
            yield from map(frozenset, itertools.combinations(free, size))


def every_dossier() -> Iterator[Facts]:
    """All that can be known of Q4, its detail, Q8 and the side, without any cleverness."""
    detail = SMALL.questions["Q4_habitants"]
    for side, four, habitants, eight, differs in itertools.product(
        SIDES,
        [None, "missing", *every_answer(Q4)],
        [None, *every_answer(detail)],
        [None, "missing", *every_answer(Q8)],
        [False, True],
    ):
        given_answers = {"Q4": four, "Q4_habitants": habitants, "Q8": eight}
        options = {name: one for name, one in given_answers.items() if isinstance(one, frozenset)}
        options[SIDE] = frozenset({side})
        missing = frozenset(name for name, one in given_answers.items() if one == "missing")
        read = Facts(options, missing, frozenset({"Q4"} if differs and "Q4" in options else ()))
        if "Q4_habitants" not in options or parse(detail.when).holds(read):
            yield read


DOSSIERS = tuple(every_dossier())


@settings(deadline=None)
@given(conditions)
def test_exploration_agrees_with_trying_every_dossier(condition: Condition) -> None:
    assert satisfiable(SMALL, condition) == any(condition.holds(read) for read in DOSSIERS)


@settings(deadline=None)
@given(conditions)
def test_answered_means_that_every_question_named_has_an_answer(condition: Condition) -> None:
    named = {one.question for one in leaves(condition)}
    expected = any(condition.holds(read) for read in DOSSIERS if named <= read.options.keys())
    assert satisfiable(SMALL, answered(condition)) == expected


def test_a_condition_over_many_questions_is_explored_in_an_instant() -> None:
    """Twelve questions: the product of their answers could not be walked."""
    names = [f"N{number}" for number in range(12)]
    options = tuple(Option(f"o{number}", "x") for number in range(30))
    extra = tuple(Question(name, "a", choose="many", options=options) for name in names)
    flow = replace(SMALL, identity=(*SMALL.identity, *extra))
    some = " and ".join(f"{name} has [o1, o2] and {name} lacks [o3]" for name in names)
    assert satisfiable(flow, parse(some))
    assert not satisfiable(flow, parse(some + " and N11 only [o3]"))


# --- the content that comes with the program ---------------------------------------------------


def test_no_rule_of_the_method_is_unreachable_or_always_on() -> None:
    for path in find_flows(flows_folder()):
        library = path.with_name("cases.yaml")
        cases = load_cases(library) if library.exists() else ()
        flow = load_flow(path)
        doubtful = [
            fault
            for fault in check(flow, cases)
            if fault.severity == "error" or re.search("jamais|vraie", fault.message)
        ]
        assert doubtful == []


def test_the_quick_check_is_a_part_of_the_whole_one() -> None:
    flow = with_rule("Q44 in [a]", "Q4 in [croise] and Q4 in [pas_encore]")
    quick, whole = quick_check(flow), check(flow)
    assert whole[: len(quick)] == quick
    assert len(whole) == len(quick) + 1
    assert all(isinstance(fault, Fault) for fault in whole)


# --- the diagram ---------------------------------------------------------------------------------


def test_the_diagram_shows_steps_questions_in_display_order_and_details() -> None:
    drawn = mermaid(SMALL).splitlines()
    assert drawn[0] == "flowchart TB"
    assert '  subgraph s_etape1["1. Diagnostic"]' in drawn
    assert '    q_Q4["Q4 · Comment avez-vous compris la situation chez eux ?"]' in drawn
    assert '    q_Q4_habitants("Q4_habitants · Et les habitants ?")' in drawn
    assert '    q_Q4 -.->|"Q4 in [croise, partenaire_seul]"| q_Q4_habitants' in drawn
    assert "    q_Q8 --> q_Q4" in drawn
    assert "  s_identity --> s_etape1" in drawn
    assert sum(line.startswith("  subgraph") for line in drawn) == drawn.count("  end")


def test_nothing_in_a_text_can_break_the_diagram() -> None:
    nasty = 'a"b #quot; <i> `c` %%{init}%% |x| ]) end\nsubgraph'
    drawn = mermaid(with_question(Q8, ask=nasty))
    (line,) = (line for line in drawn.splitlines() if line.startswith("    q_Q8["))
    inside = re.fullmatch(r'    q_Q8\["(.*)"\]', line)
    assert inside
    assert not set('"<>`%') & set(inside[1])


def test_a_detail_asked_before_its_question_points_to_it() -> None:
    detail = replace(Q4.details[0], before=True, when="")
    drawn = mermaid(with_question(Q4, details=(detail,)))
    assert "    q_Q4_habitants --> q_Q4" in drawn.splitlines()
