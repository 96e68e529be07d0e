"""Events in the 64 bytes of a button: `verb:field:field`, read back strictly.

What cannot be read is not guessed: `decode` gives None and the door says that the button is unknown.
"""

from collections.abc import Callable
from dataclasses import fields

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
}
_NAMES = {kind: verb for verb, kind in _VERBS.items()}
_WRITE: dict[type, Callable[[object], str]] = {bool: lambda value: "1" if value else "0"}
_TRUTH = {"1": True, "0": False}


def encode(event: Carried) -> str:
    """The button data of an event. Raises ValueError for one that no button can carry."""
    verb = _NAMES.get(type(event))
    if verb is None:
        raise ValueError(f"{type(event).__name__} is not carried by buttons")
    values = [getattr(event, field.name) for field in fields(event) if field.name != "at"]
    data = ":".join([verb, *(_WRITE.get(type(value), str)(value) for value in values)])
    if len(data.encode()) > MOST_BYTES:
        raise ValueError(f"button data over {MOST_BYTES} bytes: {data}")
    return data


def decode(data: str, at: float = 0.0) -> Carried | None:
    """The event of a button's data, None when it is not one of ours."""
    verb, *values = data.split(":")
    kind = _VERBS.get(verb)
    if kind is None:
        return None
    names = [field for field in fields(kind) if field.name != "at"]
    if len(names) > 1 and verb in ("p", "ae", "aw"):  # a page's argument may hold colons
        values = [values[0], ":".join(values[1:])] if values else values
    if len(values) != len(names):
        return None
    try:
        read = {
            one.name: _read(str(one.type), value) for one, value in zip(names, values, strict=True)
        }
        return kind(**read, at=at)  # type: ignore[no-any-return]  # _VERBS holds events only
    except (ValueError, KeyError):
        return None


def _read(kind: str, text: str) -> object:
    """A field's value from its text. `kind` is the annotation, a class or its name."""
    if "int" in kind:
        number = int(text)
        if not (0 <= number < 2**63 and text.isascii()):
            raise ValueError(text)
        return number
    if "bool" in kind:
        return _TRUTH[text]
    if "Rhythm" in kind:
        return c.Rhythm(text)
    if "Literal" in kind and text not in ("", "done", "planned", "not_for_us"):
        raise ValueError(text)
    return text
