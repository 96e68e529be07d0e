"""The flows that are offered, each in the languages it is told in, with what goes with them.

A dossier names its flow, a reader their language; what is missing is said in the language of its author.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.flow import Case, Flow, Term
from bot.domain.languages import broader
from bot.domain.sheet.layout import Layout


@dataclass(frozen=True, slots=True)
class Book:
    """One flow in one language: its words, how its sheets are laid out, the cooperations it quotes,
    the glossary."""

    flow: Flow
    layout: Layout | None = None
    cases: tuple[Case, ...] = ()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Flows:
    """Every book, by flow, then by language; the first flow is the one offered first, the first language
    of each is its author's."""

    books: Mapping[str, Mapping[str, Book]] = field(default_factory=dict)

    @classmethod
    def of(cls, *books: Book | Flow) -> "Flows":
        """From the books of every flow, originals before translations."""
        found: dict[str, dict[str, Book]] = {}
        for one in books:
            book = Book(one) if isinstance(one, Flow) else one
            found.setdefault(book.flow.flow, {})[book.flow.language] = book
        return cls(found)

    @property
    def first(self) -> str:
        """The id of the flow offered first."""
        return next(iter(self.books))

    def __contains__(self, flow: str) -> bool:
        return flow in self.books

    def book(self, flow: str = "", language: str = "") -> Book:
        """A flow ("" is the first) in a language, else a wider one (« pt » for « pt-BR »), else its
        author's. A flow that is not offered any more has neither steps nor words: `gone` says so."""
        told = self.books.get(flow or self.first)
        if told is None:
            return Book(gone(flow))
        found = (told[one] for one in broader(language) if one in told)
        return next(found, next(iter(told.values())))

    def flow(self, flow: str = "", language: str = "") -> Flow:
        return self.book(flow, language).flow

    def listed(self, language: str = "") -> tuple[Flow, ...]:
        """Every flow as that reader sees it, the first one first."""
        return tuple(self.flow(one, language) for one in self.books)

    def originals(self) -> Iterator[Flow]:
        return (next(iter(told.values())).flow for told in self.books.values())


def gone(flow: str) -> Flow:
    """What stands for a flow that left the folder: it asks nothing, and every answer is kept apart."""
    return Flow(flow=flow, version=0, language="fr", title=flow, steps=(), tell="")


def identity(flow: Flow) -> Sequence[str]:
    """The questions that say what the project is: its dossiers share their answers."""
    return tuple(question for question, step in flow.step_of.items() if step is None)
