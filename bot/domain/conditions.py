"""The small condition language of the method (method.md §0.3), parsed once into a tree, never eval'ed.

    condition = any ; any = all {"or" all} ; all = not {"and" not} ; not = "not" not | test
    test = "(" any ")" | state ID | ID ("in" | "has" | "lacks" | "only") list
    state = "missing" | "answered" | "differs" | "silent"
    list = "[" slug {"," slug} "]"

A test on an absent answer is false; only `missing` reacts to emptiness. Two states compare the sides
of a shared dossier: `differs`, both answered and not alike; `silent`, one answered and the other passed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, assert_never

Operator = Literal["in", "has", "lacks", "only"]
State = Literal["missing", "answered", "differs", "silent"]

_TOKEN = re.compile(r"\s*(?:([A-Za-z][A-Za-z0-9_.]*)|([\[\](),]))")
_OPERATORS = ("in", "has", "lacks", "only")
_STATES = ("missing", "answered", "differs", "silent")
_DEEPEST = 20  # parentheses within parentheses: more is an attack or an accident
_WORDS = (*_OPERATORS, *_STATES, "and", "or", "not")


@dataclass(frozen=True, slots=True)
class Test:
    """`Q8 has [a, b]`: what the options chosen at a question are compared with."""

    question: str
    operator: Operator
    options: tuple[str, ...]

    def holds(self, facts: "Facts") -> bool:
        chosen = facts.options.get(self.question)
        if chosen is None:
            return False
        match self.operator:
            case "in" | "has":
                return not chosen.isdisjoint(self.options)
            case "lacks":
                return chosen.isdisjoint(self.options)
            case "only":
                return chosen.issubset(self.options)
            case _:
                assert_never(self.operator)


@dataclass(frozen=True, slots=True)
class Is:
    """`missing Q12`, `answered R10.1`, `differs Q11`, `silent Q8`."""

    state: State
    question: str

    def holds(self, facts: "Facts") -> bool:
        match self.state:
            case "missing":
                return self.question in facts.missing
            case "answered":
                return self.question in facts.options
            case "differs":
                return self.question in facts.differs
            case "silent":
                return self.question in facts.silent
            case _:
                assert_never(self.state)


@dataclass(frozen=True, slots=True)
class Not:
    term: "Condition"

    def holds(self, facts: "Facts") -> bool:
        return not self.term.holds(facts)


@dataclass(frozen=True, slots=True)
class All:
    terms: tuple["Condition", ...]

    def holds(self, facts: "Facts") -> bool:
        return all(term.holds(facts) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Any:
    terms: tuple["Condition", ...]

    def holds(self, facts: "Facts") -> bool:
        return any(term.holds(facts) for term in self.terms)


Condition = Test | Is | Not | All | Any


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions read. A question is in `options` when it was answered (a text alone: `autre`)."""

    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    differs: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()


class ConditionError(ValueError):
    """A condition that cannot be read; `column` counts from 0 within its text."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """The tree of a condition. Raises ConditionError, in French, with the column of the fault."""
    return _Parser(text).whole()


@lru_cache(maxsize=4096)
def questions(condition: Condition) -> tuple[str, ...]:
    """The ids a condition names, each once, in the order written."""
    return tuple(dict.fromkeys(leaf.question for leaf in leaves(condition)))


@lru_cache(maxsize=4096)
def reads_missing(condition: Condition) -> bool:
    return any(isinstance(leaf, Is) and leaf.state == "missing" for leaf in leaves(condition))


@lru_cache(maxsize=4096)
def compared(condition: Condition) -> frozenset[str]:
    """The questions of which a condition compares the sides."""
    states = (leaf for leaf in leaves(condition) if isinstance(leaf, Is))
    return frozenset(leaf.question for leaf in states if leaf.state in ("differs", "silent"))


def leaves(condition: Condition) -> Iterator[Test | Is]:
    match condition:
        case Test() | Is():
            yield condition
        case Not(term):
            yield from leaves(term)
        case All(terms) | Any(terms):
            for term in terms:
                yield from leaves(term)
        case _:
            assert_never(condition)


def because(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """The questions whose answers make a true condition true, in the order written."""
    found = (leaf.question for leaf in _true(condition, facts))
    known = {*facts.options, *facts.silent}  # one side may have answered, and not the one retained
    return tuple(dict.fromkeys(one for one in found if one in known))


def quoted(condition: Condition, facts: Facts) -> dict[str, frozenset[str]]:
    """For each question of `because`, the options that make the condition true: what one may quote.

    A condition on what is absent (« lacks », « not ») is made true by the whole answer.
    """
    found: dict[str, frozenset[str]] = {}
    for leaf in _true(condition, facts):
        chosen = facts.options.get(leaf.question, frozenset())
        named = isinstance(leaf, Test) and leaf.operator in ("in", "has")
        options = chosen.intersection(leaf.options) if named and isinstance(leaf, Test) else chosen
        found[leaf.question] = found.get(leaf.question, frozenset()) | options
    sides = compared(condition)
    return {one: options for one, options in found.items() if options or one in sides}


def _true(condition: Condition, facts: Facts) -> Iterator[Test | Is]:
    """The tests that a true condition rests on."""
    match condition:
        case Any(terms):
            for term in terms:
                if term.holds(facts):
                    yield from _true(term, facts)
        case All(terms):
            for term in terms:
                yield from _true(term, facts)
        case Not(term):
            yield from (Is("answered", leaf.question) for leaf in leaves(term))
        case Test() | Is():
            yield condition
        case _:
            assert_never(condition)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.end = len(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Condition:
        condition = self.any()
        if self.at < len(self.tokens):
            raise self.fault(f"« {self.peek()} » n’a pas sa place ici")
        return condition

    def any(self) -> Condition:
        terms = [self.all()]
        while self.accept("or"):
            terms.append(self.all())
        return terms[0] if len(terms) == 1 else Any(tuple(terms))

    def all(self) -> Condition:
        terms = [self.negation()]
        while self.accept("and"):
            terms.append(self.negation())
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def negation(self) -> Condition:
        negated = False
        while self.accept("not"):
            negated = not negated
        return Not(self.test()) if negated else self.test()

    def test(self) -> Condition:
        if self.accept("("):
            self.depth += 1
            if self.depth > _DEEPEST:
                raise self.fault("trop de parenthèses l’une dans l’autre")
            inner = self.any()
            self.expect(")")
            self.depth -= 1
            return inner
        for state in _STATES:
            if self.accept(state):
                return Is(state, self.name())  # type: ignore[arg-type]  # _STATES mirrors State
        question = self.name()
        for operator in _OPERATORS:
            if self.accept(operator):
                return Test(question, operator, self.list())  # type: ignore[arg-type]  # as above
        raise self.fault("il manque « in », « has », « lacks » ou « only »")

    def list(self) -> tuple[str, ...]:
        self.expect("[")
        options = [self.word()]
        while self.accept(","):
            options.append(self.word())
        self.expect("]")
        return tuple(options)

    def name(self) -> str:
        if self.peek() in _WORDS:
            raise self.fault("il manque un identifiant")
        return self.word()

    def word(self) -> str:
        """An identifier; an option may be called as the language's own words are (« in », India)."""
        token = self.peek()
        if token is None or not token[0].isalpha():
            raise self.fault("il manque un identifiant")
        self.at += 1
        return token

    def accept(self, token: str) -> bool:
        found = self.peek() == token
        self.at += found
        return found

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise self.fault(f"il manque « {token} »")

    def peek(self) -> str | None:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def fault(self, message: str) -> ConditionError:
        column = self.tokens[self.at][1] if self.at < len(self.tokens) else self.end
        return ConditionError(message, column)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    while found := _TOKEN.match(text, at):
        yield found[1] or found[2], found.start(1 if found[1] else 2)
        at = found.end()
    rest = text[at:].lstrip()
    if rest:
        raise ConditionError(f"caractère inattendu « {rest[0]} »", len(text) - len(rest))
