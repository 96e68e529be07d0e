"""Events in the 64 bytes of a button: `verb:field:field`, read back strictly.

What cannot be read is not guessed: `decode` gives None and the door says that the button is unknown.
"""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import get_args

from bot.domain import conversation as c
from bot.domain.workshop import events as w

MOST_BYTES = 64

Carried = c.Event | w.RoomEvent

_VERBS: dict[str, type] = {
    "o": c.OptionChosen,
    "c": c.Continued,
    "s": c.Skipped,
    "b": c.WentBack,
    "n": c.RowLeft,
    "a": c.ProposalTaken,
    "v": c.OptionsRevealed,
    "q": c.QuestionOpened,
    "e": c.StepOpened,
    "r": c.Resumed,
    "m": c.MovedOn,
    "t": c.TextMoved,
    "x": c.TextCleared,
    "p": c.PanelOpened,
    "y": c.RhythmChosen,
    "ok": c.ConsentGiven,
    "no": c.ConsentWithdrawn,
    "db": c.DossierBegun,
    "l": c.LanguageChosen,
    "fl": c.SheetLanguageChosen,
    "do": c.DossierOpened,
    "da": c.DossierArchived,
    "dd": c.DossierDeleted,
    "pd": c.PersonDeleted,
    "h": c.PointHandled,
    "f": c.SheetRequested,
    "k": c.PassageKept,
    "ph": c.PhotoTicked,
    "wr": c.TemplateRequested,
    "wx": c.TemplateRemoved,
    "as": w.SeatTaken,
    "al": w.SeatLeft,
    "au": w.SeatLookedUp,
    "av": w.VoteGiven,
    "ax": w.WordsTakenBack,
    "ap": w.PapersWanted,
    "ac": w.SetChosen,
    "aq": w.QuestionPicked,
    "ar": w.SettingChosen,
    "ao": w.RoomOpened,
    "an": w.QuestionOpenedToRoom,
    "at": w.QuestionProlonged,
    "af": w.QuestionClosed,
    "am": w.TallyShown,
    "ab": w.ScreenBlackened,
    "ay": w.GivenApproved,
    "aa": w.AllApproved,
    "ak": w.OptionKept,
    "ai": w.WordsPicked,
    "ad": w.AnswerAdopted,
    "aw": w.WordsAwaited,
    "ag": w.PointPut,
    "ae": w.DeskOpened,
    "ah": w.LinkIssued,
    "az": w.WorkshopFinished,
    "aj": w.MembersAllowed,
    "a1": w.MembershipWanted,
    "a2": w.DoorShut,
    "a3": w.WordsSetAside,
    "im": c.InvitationMade,
    "ir": c.InvitationRevoked,
    "ia": c.InvitationAccepted,
    "id": c.InvitationDeclined,
    "vr": c.VoiceRetained,
    "vo": c.QuestionLeftOpen,
    "vk": c.VoiceKept,
    "vh": c.VersionRestored,
    "mb": c.BlindSet,
    "mc": c.DossierClosed,
    "mt": c.DossierTransferred,
    "mr": c.MemberRemoved,
    "ml": c.MemberLeft,
    "mn": c.NameWithdrawn,
    "ms": c.NoticesSet,
    "mp": c.RemindersSet,
    "mz": c.ZoneSet,
}
_MADE_LATER = (c.InvitationMade, "token")
# The fields that a button carries: not the time, nor a token yet to be made.
_SAID: dict[type, tuple[Field[object], ...]] = {
    kind: tuple(one for one in fields(kind) if one.name != "at" and (kind, one.name) != _MADE_LATER)
    for kind in _VERBS.values()
}
_NAMES = {kind: verb for verb, kind in _VERBS.items()}
_TRUTH = {"1": True, "0": False}


def encode(event: Carried) -> str:
    """The button data of an event. Raises ValueError for one that no button can carry."""
    verb = _NAMES.get(type(event))
    if verb is None:
        raise ValueError(f"{type(event).__name__} is not carried by buttons")
    values = [_written(getattr(event, one.name)) for one in _SAID[type(event)]]
    data = ":".join([verb, *values])
    if len(data.encode()) > MOST_BYTES:
        raise ValueError(f"button data over {MOST_BYTES} bytes: {data}")
    return data


def decode(data: str, at: float = 0.0) -> Carried | None:
    """The event of a button's data, None when it is not one of ours."""
    verb, *values = data.split(":")
    kind = _VERBS.get(verb)
    if kind is None:
        return None
    names = _SAID[kind]
    if len(names) > 1 and verb in ("p", "ae", "aw"):  # a page's argument may hold colons
        values = [values[0], ":".join(values[1:])] if values else values
    # A button of a former version may lack what was added since: it takes its default.
    values += [_written(one.default) for one in names[len(values) :] if one.default is not MISSING]
    if len(values) != len(names):
        return None
    try:
        read = {one.name: _read(one.type, value) for one, value in zip(names, values, strict=True)}
        return kind(**read, at=at)  # type: ignore[no-any-return]  # _VERBS holds events only
    except (ValueError, KeyError):
        return None


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _read(type_: object, text: str) -> object:
    """A field's value from its text."""
    kind = str(type_)
    if "Role" in kind:
        return c.Role(text)
    if "int" in kind:
        number = int(text)
        if not (0 <= number < 2**63 and text.isascii()):
            raise ValueError(text)
        return number
    if "bool" in kind:
        return _TRUTH[text]
    if "Rhythm" in kind:
        return c.Rhythm(text)
    if "Literal" in kind and text not in _literals(type_):
        raise ValueError(text)
    return text


def _literals(type_: object) -> Iterator[object]:
    """Every value of a literal type, or of a union of them."""
    for one in get_args(type_):
        if isinstance(one, str):
            yield one
        else:
            yield from _literals(one)
