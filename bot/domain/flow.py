"""What a flow is: the method as data. Nothing here knows a question by its name.

Every class mirrors a mapping of `flows/*.yaml` field by field (design.md §5), so that a person who
reads the file reads the model. Conditions stay text here; `conditions.parse` gives their tree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Choose = Literal["one", "many"]
Kind = Literal["text", "line", "territories", "organisations", "period", "amount", "rows"]
ColumnKind = Literal["line", "text", "amount", "choice"]
Level = Literal["info", "attention", "alerte"]
Nature = Literal["R", "L", "O", "F", "X"]
Rank = Literal["A", "B", "C"]
Perspective = Literal["shared", "each_side"]

OTHER = "autre"  # the implicit option of a text without a tick (design.md §5)
LEVELS: tuple[Level, ...] = ("alerte", "attention", "info")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer on a button. `waiting` marks those that leave the question open (« pas encore »)."""

    id: str
    label: str
    help: str = ""
    exclusive: bool = False
    waiting: bool = False
    was: tuple[str, ...] = ()  # the ids it had in former versions
    source: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """What changes in a question when `when` holds; the first variant that says a thing wins."""

    when: str
    ask: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)  # option id -> label
    first: tuple[str, ...] = ()  # options shown before the others
    only: tuple[str, ...] = ()  # options shown alone, with a button that reveals the rest


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A further question, asked in the « profondeur » rhythm while `when` holds and `unless` does not."""

    id: str
    ask: str
    when: str = ""  # empty: always
    unless: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rich:
    """One thing that a full answer contains: a line of the help card."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """What one cooperation shows about a question: a case of the library, else an example of its own,
    with an `id` and a `title`. `starred`: the authors' own illustration."""

    case: int = 0  # its number in the library, 0: outside
    shows: str = ""
    starred: bool = False
    options: tuple[str, ...] = ()  # the situations it speaks to
    id: str = ""
    title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `ask`: how its cells are asked, where the title does not say it.

    While `when` does not hold, the column is neither asked nor printed; its cells are kept.
    """

    id: str
    title: str
    kind: ColumnKind = "line"
    ask: str = ""
    help: str = ""
    limit: int = 0
    when: str = ""  # asked only while this holds
    options: tuple[Option, ...] = ()  # of a « choice »
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenRow:
    """A row that the flow gives. `proposals`: column id -> words that one tap takes for its cell."""

    id: str
    title: str
    help: str = ""
    when: str = ""
    proposals: Mapping[str, str] = field(default_factory=dict)
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddedRows:
    """Rows of the person's own, at most `most`; `title` calls them until they have a name."""

    title: str
    ask: str
    most: int = 10
    help: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """Two columns of amounts whose totals are compared: what is spent, what is received."""

    id: str
    title: str
    spent: str
    received: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, a closed detail (one level down) or a field of the identity block.

    Of kind « rows » it is a table: each of its cells is a detail, made from its rows and columns.
    """

    id: str
    ask: str
    title: str = ""
    seeks: str = ""  # « ce que la question cherche »: the help card
    choose: Choose | None = None
    kind: Kind = "text"  # how a written answer is read; "line": one short text, moves on by itself
    limit: int = 0  # advised number of characters, 0: none
    perspective: Perspective = "shared"
    optional: bool = False
    before: bool = False  # a detail asked before its question
    when: str = ""  # asked only while this holds
    buttons: int = (
        0  # how many options become buttons, 0: all; the rest is chosen by writing its label
    )
    options: tuple[Option, ...] = ()
    details: tuple["Question", ...] = ()
    variants: tuple[Variant, ...] = ()
    tell: str = ""  # how to ask for the free text; empty: the flow's own `tell`
    follow_ups: tuple[FollowUp, ...] = ()
    rich: tuple[Rich, ...] = ()
    cases: tuple[Mention, ...] = ()
    recalls: tuple[str, ...] = ()  # questions whose answers are shown again on its card
    sheet: str = ""  # the words that introduce the answer on a sheet; empty: the title
    columns: tuple[Column, ...] = ()
    rows: tuple[GivenRow, ...] = ()
    added: AddedRows | None = None
    balances: tuple[Balance, ...] = ()
    was: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.columns:
            own = (one for one in self.details if not isinstance(one, Cell))
            object.__setattr__(self, "details", (*own, *_cells(self)))

    @property
    def table(self) -> bool:
        return bool(self.columns)

    def option(self, slug: str) -> Option | None:
        return next((option for option in self.options if option.id == slug), None)


@dataclass(frozen=True, slots=True)
class Cell(Question):
    """A cell of a table, or (without a column) the name of a row that a person adds."""

    row: str = ""
    heading: str = ""  # the row's title; a row that was added is called by its name
    about: str = ""
    column: Column | None = None
    proposal: str = ""

    @property
    def amount(self) -> bool:
        return bool(self.column and self.column.kind == "amount")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the method. `order` is how its questions are shown when it is not their own."""

    id: str
    title: str
    questions: tuple[Question, ...]
    number: int = 0  # 0: identity and annexes stand outside the count
    aim: str = ""
    opening: str = ""
    order: tuple[str, ...] = ()
    annex: bool = False

    def ordered(self) -> tuple[Question, ...]:
        """Its questions in the order in which they are shown."""
        if not self.order:
            return self.questions
        return tuple(sorted(self.questions, key=lambda question: self.order.index(question.id)))


@dataclass(frozen=True, slots=True)
class RuleLevel:
    level: Level
    when: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A point of vigilance. `refers`: the points for which a cross rule speaks; `roles`: whom it is for."""

    id: str
    title: str
    advice: str
    levels: tuple[RuleLevel, ...]
    why: str = ""
    first_step: str = ""
    nature: Nature = "O"
    rank: Rank = "A"
    source: str = ""
    cases: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    harm: bool = False
    refers: tuple[str, ...] = ()
    was: tuple[str, ...] = ()

    @property
    def crossed(self) -> bool:
        """A cross rule (X) compares answers and is read only when all its questions have one."""
        return self.nature == "X"


@dataclass(frozen=True, slots=True)
class Strength:
    """A solid point: one sentence that can be printed. `combination` speaks for those it `replaces`."""

    id: str
    title: str
    phrase: str
    why: str
    when: str
    cases: tuple[int, ...] = ()
    combination: bool = False
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the project's sentence, used when it is the first of its list whose `when` holds."""

    text: str
    when: str = ""
    id: str = ""
    second: str = ""  # for goals: the words when it comes second; empty: the goal cannot


@dataclass(frozen=True, slots=True)
class Sentence:
    """The templates of the sentence that presents a project (method.md §4bis.2).

    A template holds `{name}` for each piece and `[…]` around what vanishes with it; past `limit`
    characters the pieces named in `drop` are taken out one by one.
    """

    limit: int
    drop: tuple[str, ...]
    templates: tuple[Piece, ...]
    drives: tuple[Piece, ...]
    goals: tuple[Piece, ...]
    publics: tuple[Piece, ...]
    anyone: str
    proofs: tuple[Piece, ...] = ()
    sequels: tuple[Piece, ...] = ()
    gains: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstPage:
    """« La première page en cinq minutes »: its questions in order, and its sentence."""

    questions: tuple[str, ...]
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Place:
    """How one territory is said: after « à », after « de », alone, and as the subject of a verb."""

    at: str = ""
    of: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """The words that stand for territories without a name, by the reader's position (method.md §0.6)."""

    ici: Place = Place()
    la_bas: Place = Place()


@dataclass(frozen=True, slots=True)
class Roles:
    """Which identity questions the engine itself reads: this mapping is the only place that names them."""

    name: str = ""
    role: str = ""
    stage: str = ""
    sentence: str = ""
    here: str = ""
    there: str = ""
    here_country: str = ""
    there_country: str = ""
    here_short: str = ""
    there_short: str = ""
    abroad_roles: tuple[str, ...] = ()
    network_roles: tuple[str, ...] = ()
    home_country: str = ""
    single_territory: str = ""
    default_stage: str = ""
    publics: str = ""  # what brings cooperations near a dossier: whom it is for,
    themes: str = ""  # and what it is about


@dataclass(frozen=True, slots=True)
class WorkshopQuestion:
    question: str
    why: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkshopSet:
    """A ready-made workshop: « 90 minutes, 4 questions » for one stage of a project."""

    id: str
    title: str
    questions: tuple[WorkshopQuestion, ...]
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A reference figure, to be quoted with care, and the questions it sheds light on.

    `option`: the answer that it counts, whose words stand for `label`; `detail`: how it splits.
    """

    id: str
    value: str
    useful_for: tuple[str, ...]
    label: str = ""
    option: str = ""
    detail: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """The words by which a free text may point at somebody (method.md §0.5), in one language: that of
    the text, which nobody knows beforehand. `articles`, `definite`, `links` and `owners` carry their
    space or apostrophe."""

    language: str = ""  # for those who read the file
    articles: tuple[str, ...] = ()
    definite: tuple[str, ...] = ()
    person: tuple[str, ...] = ()  # one of them, with an age or a situation
    people: tuple[str, ...] = ()  # several, counted under five
    few: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # what may stand between the count and the people
    ratios: tuple[str, ...] = ()  # what makes it a ratio
    aged: tuple[str, ...] = ()
    years: tuple[str, ...] = ()  # none: an age needs no unit
    old: tuple[str, ...] = ()  # an age before the person
    situations: tuple[str, ...] = ()
    situated: tuple[str, ...] = ()  # a situation before the person
    functions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()  # what joins a place to the function after it
    streets: tuple[str, ...] = ()
    roads: tuple[str, ...] = ()  # after the name of the street
    titles: tuple[str, ...] = ()
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another flow that answers call for: offered beside the way, never in it."""

    flow: str
    when: str
    why: str


@dataclass(frozen=True, slots=True)
class Years:
    start: int | None = None
    end: int | None = None
    ongoing: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One of the cooperations studied; countries are ISO 3166-1 alpha-2 codes outside France."""

    id: str
    number: int
    title: str
    carrier: str
    carrier_type: str
    carrier_country: str
    lesson: str
    years: Years
    countries: tuple[str, ...] = ()
    partner_territories: tuple[str, ...] = ()
    foreign_partners: tuple[str, ...] = ()
    french_partners: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    open_question: str = ""
    illustrates: tuple[str, ...] = ()
    author_example_for: tuple[str, ...] = ()
    source_lines: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """The case library. `version` grows when its texts change: translations say which one they follow."""

    cases: tuple[Case, ...]
    version: int = 1
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary."""

    id: str
    term: str
    definition: str
    group: str = ""
    source: str = ""
    usage: bool = False  # the sources use the word without defining it


@dataclass(frozen=True, slots=True)
class Glossary:
    """The words of the method."""

    terms: tuple[Term, ...]
    version: int = 1


@dataclass(frozen=True)
class Flow:
    """A whole method: identity, steps, rules, strengths. Ids are unique across all of them."""

    flow: str
    version: int
    language: str
    title: str
    steps: tuple[Step, ...]
    tell: str
    identity: tuple[Question, ...] = ()
    roles: Roles = Roles()
    unnamed: Unnamed = Unnamed()
    unnamed_network: Unnamed = Unnamed()
    aim: str = ""
    rules: tuple[Rule, ...] = ()
    strengths: tuple[Strength, ...] = ()
    first_page: FirstPage | None = None
    header: tuple[str, ...] = ()  # « Compléter l'en-tête »: identity questions, in order
    stages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stage -> useful questions
    workshops: tuple[WorkshopSet, ...] = ()
    proposes: tuple[Proposal, ...] = ()
    figures: tuple[Figure, ...] = ()
    figures_note: str = ""  # their limits: without them, figures are not shown beside an answer
    signs: tuple[Signs, ...] = ()  # one for each language that people may write in

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question, detail and follow-up by id; follow-ups as open questions of their own."""
        return {question.id: question for question in self._walk()}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Detail or follow-up id -> the id of its question."""
        return {child: parent.id for parent in self._roots() for child in _children(parent)}

    @cached_property
    def step_of(self) -> Mapping[str, Step | None]:
        """Question, detail or follow-up id -> its step; None for the identity block."""
        homes: dict[str, Step | None] = {}
        for step in (None, *self.steps):
            for question in step.questions if step else self.identity:
                homes |= dict.fromkeys((question.id, *_children(question)), step)
        return homes

    @cached_property
    def counted(self) -> tuple[str, ...]:
        """The questions that make the progress « Q4 sur 19 », in number order."""
        return tuple(q.id for step in self.steps if not step.annex for q in step.questions)

    @cached_property
    def facing(self) -> Mapping[str, str]:
        """What the two sides call crosswise: « here » of one is « there » of the other."""
        roles = self.roles
        pairs = (
            (roles.here, roles.there),
            (roles.here_country, roles.there_country),
            (roles.here_short, roles.there_short),
        )
        known = [(a, b) for a, b in pairs if a and b]
        return {**dict(known), **{b: a for a, b in known}}

    @cached_property
    def rules_by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def strengths_by_id(self) -> Mapping[str, Strength]:
        return {strength.id: strength for strength in self.strengths}

    @cached_property
    def former(self) -> Mapping[str, str]:
        """Former question id -> its present one."""
        return {old: question.id for question in self.questions.values() for old in question.was}

    @cached_property
    def former_options(self) -> Mapping[str, Mapping[str, str]]:
        """Question id -> its options' former ids -> their present ones, where there are any."""
        found = {
            question.id: {old: option.id for option in question.options for old in option.was}
            for question in self.questions.values()
        }
        return {question: options for question, options in found.items() if options}

    def root(self, question: str) -> str:
        """The question a detail or follow-up belongs to; itself otherwise."""
        return self.parents.get(question, question)

    def number(self, question: str) -> int:
        """The place of a question among those counted, from 1; 0 outside (identity, annex)."""
        return self._numbers.get(self.root(question), 0)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {question: number for number, question in enumerate(self.counted, 1)}

    def step(self, step: str) -> Step | None:
        return next((one for one in self.steps if one.id == step), None)

    def _roots(self) -> Iterator[Question]:
        yield from self.identity
        for step in self.steps:
            yield from step.questions

    def _walk(self) -> Iterator[Question]:
        for question in self._roots():
            yield question
            yield from question.details
            for follow_up in question.follow_ups:
                yield Question(id=follow_up.id, ask=follow_up.ask, when=follow_up.when)


def _children(question: Question) -> tuple[str, ...]:
    """The ids of its details and follow-ups."""
    return (
        *(detail.id for detail in question.details),
        *(follow_up.id for follow_up in question.follow_ups),
    )


def _cells(table: Question) -> Iterator[Cell]:
    """Row by row: the cells of those given, then, each once the one before has a name, those added."""
    for row in table.rows:
        for column in table.columns:
            yield _cell(row, column)
    if not table.added:
        return
    before = ""
    for number in range(1, table.added.most + 1):
        name = f"{table.id}_plus{number}"
        title = f"{table.added.title} {number}"
        yield Cell(
            name,
            table.added.ask,
            title,
            kind="line",
            when=f"answered {before}" if before else "",
            row=name,
            heading=title,
            about=table.added.help,
        )
        for column in table.columns:
            yield _cell(GivenRow(name, title, when=f"answered {name}"), column)
        before = name


def _cell(row: GivenRow, column: Column) -> Cell:
    every = [f"{a}_{b}" for a in (row.id, *row.was) for b in (column.id, *column.was)]
    return Cell(
        every[0],
        column.ask or column.title,
        f"{row.title} · {column.title}",
        column.help,
        choose="one" if column.kind == "choice" else None,
        kind="text" if column.kind == "text" else "line",
        limit=column.limit,
        when=" and ".join(f"({one})" for one in (row.when, column.when) if one),
        options=column.options,
        was=tuple(every[1:]),
        row=row.id,
        heading=row.title,
        about=row.help,
        column=column,
        proposal=row.proposals.get(column.id, ""),
    )
