"""What may happen in a room: past tense, with its time. A button's event names its workshop.

`turn` is the workshop's turn when the button was drawn: another one makes it stale.
"""

from dataclasses import dataclass

# --- a seat --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoomEntered:
    """The link or the code of a room was opened; nothing is kept yet."""

    code: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SeatTaken:
    """« Participer »: the consent. `group`: "" when voices are not told apart."""

    code: str
    group: str = ""
    people: int = 1
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SeatLeft:
    workshop: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SeatErased:
    """« Reprendre tout ce que j'ai donné », from a page."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SeatLookedUp:
    """Where are we? `unsupported`: what came cannot be a contribution."""

    workshop: int = 0
    unsupported: bool = False
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class VoteGiven:
    workshop: int
    turn: int
    option: int
    on: bool = True
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class BallotGiven:
    """A whole form at once, from a page: the options ticked, and words if any."""

    turn: int
    options: tuple[int, ...] = ()
    text: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsGiven:
    """Words written by someone of the room. `message`: their id in the chat, 0 for none."""

    text: str
    message: int = 0
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsCorrected:
    message: int
    text: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsTakenBack:
    workshop: int
    given: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PapersWanted:
    """At the end: "report", "notes" (the report as text) or "sheet"."""

    workshop: int
    document: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class MembershipWanted:
    """Somebody who was there wants to go on in the dossier."""

    workshop: int
    at: float = 0.0


# --- a facilitator -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkshopAsked:
    """`/atelier`: the one under way, or a new one for the dossier in hand."""

    at: float = 0.0


@dataclass(frozen=True, slots=True)
class HelperJoined:
    """The link for a second facilitator was opened."""

    token: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SetChosen:
    workshop: int
    set: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionPicked:
    workshop: int
    question: str
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class SettingChosen:
    """`value`: "phone", "table"; "anonymous", "groups" or "sides"."""

    workshop: int
    value: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class RoomOpened:
    workshop: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DoorShut:
    """Nobody new comes in; or (`on` False) people do again, with another code."""

    workshop: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionOpenedToRoom:
    """`place`: among the workshop's questions; the one in hand again reopens it."""

    workshop: int
    place: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionProlonged:
    workshop: int
    turn: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class QuestionClosed:
    workshop: int
    turn: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class TallyShown:
    workshop: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ScreenBlackened:
    workshop: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class GivenApproved:
    """A contribution may be on the wall, or no longer."""

    workshop: int
    given: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsSetAside:
    """A contribution that has no place here: neither on the wall nor in the report, or again."""

    workshop: int
    given: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class AllApproved:
    """Those that the facilitator has before her eyes: `until` is the number of the newest."""

    workshop: int
    until: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class OptionKept:
    """An option of the answer to adopt."""

    workshop: int
    turn: int
    option: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsPicked:
    """A contribution's words for the answer to adopt; 0: none."""

    workshop: int
    turn: int
    given: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class AnswerAdopted:
    workshop: int
    turn: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WordsAwaited:
    """What the facilitator's next words are: "text", "side" (of a disagreement), "action:V2.3"."""

    workshop: int
    what: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class PointPut:
    """`rule` "": no point on the wall any more."""

    workshop: int
    rule: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class DeskOpened:
    """One of the facilitator's pages."""

    workshop: int
    page: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class LinkIssued:
    """A fresh secret address, "wall" or "helper"; the former one dies."""

    workshop: int
    kind: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class MembersAllowed:
    """At the end: those who were there may become contributors, or no longer."""

    workshop: int
    on: bool
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkshopFinished:
    workshop: int
    at: float = 0.0


SeatEvent = (
    RoomEntered
    | SeatTaken
    | SeatLeft
    | SeatErased
    | SeatLookedUp
    | VoteGiven
    | BallotGiven
    | WordsGiven
    | WordsCorrected
    | WordsTakenBack
    | PapersWanted
    | MembershipWanted
)
DeskEvent = (
    WorkshopAsked
    | HelperJoined
    | SetChosen
    | QuestionPicked
    | SettingChosen
    | RoomOpened
    | DoorShut
    | QuestionOpenedToRoom
    | QuestionProlonged
    | QuestionClosed
    | TallyShown
    | ScreenBlackened
    | GivenApproved
    | WordsSetAside
    | AllApproved
    | OptionKept
    | WordsPicked
    | AnswerAdopted
    | WordsAwaited
    | WordsGiven
    | PointPut
    | DeskOpened
    | LinkIssued
    | PapersWanted
    | MembersAllowed
    | WorkshopFinished
)
RoomEvent = SeatEvent | DeskEvent
