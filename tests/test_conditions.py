"""The condition language: what it reads, what it refuses, what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conditions import (
    All,
    Any,
    Condition,
    ConditionError,
    Facts,
    Is,
    Not,
    because,
    parse,
    questions,
    reads_missing,
)
from bot.domain.conditions import Test as Compare

WORDS = ("in", "has", "lacks", "only", "missing", "answered", "differs", "and", "or", "not")

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,8}", fullmatch=True).filter(
    lambda name: name not in WORDS
)
tests = st.builds(
    Compare,
    names,
    st.sampled_from(["in", "has", "lacks", "only"]),
    st.lists(names, min_size=1, max_size=4).map(tuple),
)
states = st.builds(Is, st.sampled_from(["missing", "answered", "differs"]), names)


def _grow(kind: type[All] | type[Any], terms: list[Condition]) -> Condition:
    """`a and (b and c)` is written with its parentheses, and read back as it was."""
    return kind(tuple(terms))


trees = st.recursive(
    tests | states,
    lambda inner: (
        inner.filter(lambda one: not isinstance(one, Not)).map(Not)
        | st.lists(inner, min_size=2, max_size=3).map(lambda terms: _grow(All, terms))
        | st.lists(inner, min_size=2, max_size=3).map(lambda terms: _grow(Any, terms))
    ),
    max_leaves=12,
)


def printed(condition: Condition) -> str:
    match condition:
        case Compare(question, operator, options):
            return f"{question} {operator} [{', '.join(options)}]"
        case Is(state, question):
            return f"{state} {question}"
        case Not(term):
            return f"not ({printed(term)})"
        case All(terms):
            return " and ".join(f"({printed(term)})" for term in terms)
        case Any(terms):
            return " or ".join(f"({printed(term)})" for term in terms)


def depth(condition: Condition) -> int:
    match condition:
        case Not(term):
            return 1 + depth(term)
        case All(terms) | Any(terms):
            return 1 + max(depth(term) for term in terms)
        case _:
            return 0


@given(trees.filter(lambda tree: depth(tree) < 15))
def test_a_tree_printed_is_read_back_as_it_was(tree: Condition) -> None:
    assert parse(printed(tree)) == tree
    assert parse(f"  ({printed(tree)})\n") == tree


@given(
    st.text()
    | st.lists(st.sampled_from([*WORDS, "Q4", "[", "]", "(", ")", ",", "é", " "])).map(" ".join)
)
def test_no_text_raises_anything_but_a_condition_error(text: str) -> None:
    try:
        named: object = questions(parse(text))
    except ConditionError as error:
        named = str(error) if 0 <= error.column <= len(text) else ""
    assert named


@given(trees)
def test_a_condition_on_nothing_known_is_decided(tree: Condition) -> None:
    assert tree.holds(Facts()) in (True, False)
    assert because(tree, Facts()) == ()


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 0, "identifiant"),
        ("Q4", 2, "il manque « in »"),
        ("Q4 in", 5, "il manque « [ »"),
        ("Q4 in []", 7, "identifiant"),
        ("Q4 in [a, ]", 10, "identifiant"),
        ("Q4 in [a b]", 9, "il manque « ] »"),
        ("Q4 in [a", 8, "il manque « ] »"),
        ("Q4 = a", 3, "caractère inattendu « = »"),
        ("Q4 in [croisé]", 12, "caractère inattendu « é »"),
        ("(Q4 in [a]", 10, "il manque « ) »"),
        ("Q4 in [a])", 9, "« ) » n’a pas sa place"),
        ("Q4 in [a] Q5 in [b]", 10, "« Q5 » n’a pas sa place"),
        ("missing", 7, "identifiant"),
        ("Q4 in [a] and", 13, "identifiant"),
        ("and", 0, "identifiant"),
        ("(" * 21 + "Q4 in [a]" + ")" * 21, 21, "trop de parenthèses"),
        ("(" * 100_000, 21, "trop de parenthèses"),
    ],
)
def test_a_faulty_condition_says_where_and_why(text: str, column: int, words: str) -> None:
    with pytest.raises(ConditionError) as error:
        parse(text)
    assert words in str(error.value)
    assert error.value.column == column


def test_and_binds_closer_than_or_and_not_closer_still() -> None:
    a, b, c = (Is("answered", name) for name in "abc")
    assert parse("answered a or answered b and answered c") == Any((a, All((b, c))))
    assert parse("not answered a and answered b") == All((Not(a), b))
    assert parse("not (answered a and answered b)") == Not(All((a, b)))
    assert parse("not not answered a") == a


def facts(**answers: str) -> Facts:
    return Facts({question: frozenset(slugs.split()) for question, slugs in answers.items()})


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("Q4 in [a, b]", {"Q4": "b"}, True),
        ("Q4 in [a, b]", {"Q4": "autre"}, False),
        ("Q4 in [a]", {}, False),
        ("not Q4 in [a]", {}, True),
        ("Q8 has [a, b]", {"Q8": "b c"}, True),
        ("Q8 lacks [a, b]", {"Q8": "c"}, True),
        ("Q8 lacks [a, b]", {"Q8": "a c"}, False),
        ("Q8 lacks [a, b]", {}, False),
        ("Q12 only [a, b]", {"Q12": "a b"}, True),
        ("Q12 only [a, b]", {"Q12": "a c"}, False),
        ("Q12 only [a]", {}, False),
        ("answered Q4", {"Q4": "autre"}, True),
        ("answered Q4", {}, False),
        ("missing Q4", {}, False),
        ("Q4 in [a] or Q5 in [a]", {"Q5": "a"}, True),
    ],
)
def test_conditions_mean_what_the_method_says(
    text: str, answers: dict[str, str], expected: bool
) -> None:
    assert parse(text).holds(facts(**answers)) is expected


def test_missing_and_differs_read_their_own_facts() -> None:
    read = Facts(missing=frozenset({"Q4"}), differs=frozenset({"Q5"}))
    assert parse("missing Q4").holds(read)
    assert parse("differs Q5").holds(read)
    assert not parse("missing Q5 or differs Q4").holds(read)
    assert reads_missing(parse("Q5 in [a] or not missing Q4"))
    assert not reads_missing(parse("Q5 in [a]"))


def test_the_cause_is_the_answers_that_made_it_true() -> None:
    condition = parse("Q4 in [a] and (Q5 in [b] or Q6 in [c]) and not Q7 in [d]")
    assert questions(condition) == ("Q4", "Q5", "Q6", "Q7")
    assert because(condition, facts(Q4="a", Q6="c", Q5="z")) == ("Q4", "Q6")
