"""Several people on one dossier: who they are, what each of them said, what they retained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.domain.conversation.answer import Answer

Side = Literal["ici", "la_bas"]  # the two territories, as the dossier's identity names them
Choice = Literal["", "picked", "written", "open"]  # "": nobody chose, there was one answer


class Role(StrEnum):
    OWNER = "owner"
    CONTRIBUTOR = "contributor"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Member:
    """`name`: how this person agreed to be named; "" otherwise. `brought`: came with a file, for
    whoever had spoken; nobody opens the dossier as them."""

    id: int
    role: Role
    side: Side
    name: str = ""
    brought: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """The newest answer of one author to one question. `number`: the contribution it is.

    `role`: None once the author has left. `private`: for the author's side only. `hidden`: not to
    be read yet (blind answers); its answer is then empty.
    """

    number: int
    author: int
    side: Side
    answer: Answer
    at: float = 0.0
    role: Role | None = None
    name: str = ""
    private: bool = False
    hidden: bool = False

    @property
    def heard(self) -> bool:
        """Whether it says something that may be read."""
        return self.answer.given and not self.hidden


@dataclass(frozen=True, slots=True)
class Adoption:
    """The answer that a dossier retains. `after`: the newest contribution when it was chosen."""

    voice: Voice
    how: Choice = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that was made, for its list; the token itself is nowhere kept. Times: seconds since 1970."""

    id: int
    role: Role
    side: Side
    single: bool
    expires: float
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """The members of the dossier in hand, and what they said. Questions as the dossier names them."""

    me: Member
    members: tuple[Member, ...] = ()  # `me` included
    voices: Mapping[str, tuple[Voice, ...]] = field(default_factory=dict)
    adopted: Mapping[str, Adoption] = field(default_factory=dict)
    invitations: tuple[Invitation, ...] = ()
    last: int = 0  # the number of the newest contribution
    blind: bool = False  # « réponses à l'aveugle »
    closed: bool = False  # to be read only
    muted: bool = False  # this member wants no notice of what changes


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation leads to, as its row stands. `invitation` 0: no such token.

    `answers`: those of the dossier's identity, to name it and its territories.
    """

    invitation: int = 0
    dossier: int = 0
    flow: str = ""
    role: Role = Role.READER
    side: Side = "ici"
    single: bool = False
    expires: float = 0.0
    revoked: bool = False
    uses: int = 0
    closed: bool = False
    mine: bool = False  # made by the person who opens it
    member: bool = False  # who is in it already
    members: int = 0
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """Every version of the answers to one question, oldest first."""

    question: str
    versions: tuple[Voice, ...] = ()
