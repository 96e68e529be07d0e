"""A sheet as a flat list of lines, for the formats made of text: Telegram, Markdown, plain text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from bot.domain.sheet import (
    SINCE,
    Action,
    Entry,
    File,
    FirstRow,
    Item,
    Neighbour,
    Open,
    Photo,
    Point,
    Reason,
    Said,
    Section,
    Sheet,
    Solid,
    Voice,
    Voices,
)
from bot.export.grid import Grid, grid
from bot.export.words import answered, attention, edition, heading, kind, section_title

Style = Literal[
    "title", "lead", "note", "heading", "subheading", "line", "bullet", "text", "table"
]  # fmt: skip
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a label, the words it introduces, and how deep it hangs."""

    style: Style
    text: str
    label: str = ""
    depth: int = 0
    grid: Grid | None = None  # of a table


def outline(sheet: Sheet, say: Words) -> Iterator[Line]:
    yield Line("title", heading(sheet, say))
    if sheet.sentence:
        yield Line("lead", sheet.sentence)
    if sheet.territories:
        names = (
            f"{one.name} ({one.country})" if one.country else one.name for one in sheet.territories
        )
        yield Line("line", " — ".join(names), say["territories"])
    yield Line("note", f"{kind(sheet, say)} · {edition(sheet, say)}")
    if sheet.document == "work":
        yield Line("heading", say["compass"])
        yield Line("text", say["compass_about"])
        yield from compass(sheet, say)
    for row in sheet.first_page:
        yield from _row(row, say)
    if not sheet.first_page and not sheet.sections:
        yield Line("text", say["nothing_yet"])
    for section in sheet.sections:
        yield from _section(section, sheet, say)
    if sheet.photos:
        yield Line("heading", say["photos"])
        for photo in sheet.photos:
            yield Line("bullet", described(photo, say))
    if sheet.shortened:
        yield Line("note", say["shortened"])
    yield Line("note", say["made_with"])


def compass(sheet: Sheet, say: Words) -> Iterator[Line]:
    """A line for each step: how full it is, and where attention goes."""
    for knot in sheet.compass:
        state = [say[f"progress_{knot.progress}"], answered(knot, say), attention(knot, say)]
        label = f"{say['step']} {knot.number}, {knot.title}"
        yield Line("bullet", ", ".join(one for one in state if one), label)


def _row(row: FirstRow, say: Words) -> Iterator[Line]:
    yield Line("heading", row.title)
    alone = len(row.items) == 1
    for item in row.items:
        if isinstance(item, Entry):
            yield from _entry(item, say, label="" if alone else item.label)
        elif isinstance(item, Solid):
            yield Line("bullet", item.phrase)
        elif isinstance(item, Action):
            yield Line("bullet", _settling(item))
        else:
            yield from _item(item, say)


def _section(section: Section, sheet: Sheet, say: Words) -> Iterator[Line]:
    yield Line("heading", section_title(section, sheet, say))
    if section.empty:
        yield Line("text", section.empty)
    elif section.id == SINCE and not section.groups:
        yield Line("text", say["no_change"])
    for group in section.groups:
        if title := group.title or (say[group.key] if group.key else ""):
            yield Line("subheading", title)
        for item in group.items:
            yield from _item(item, say)


def _item(item: Item, say: Words) -> Iterator[Line]:
    match item:
        case Entry():
            yield from _entry(item, say, label=item.label)
        case Solid():
            yield Line("bullet", f"{item.phrase} {say['why']}{say['colon']} {item.why}")
        case Point():
            yield from _point(item, say)
        case Action():
            yield from _action(item, say)
        case Open():
            yield Line("bullet", item.ask, item.title)
            if item.said:
                yield Line("line", quoted(item.said, say), say["your_answer"], 1)
        case Neighbour():
            yield from _neighbour(item, say)
        case Voices():
            yield from _voices(item, say)
        case _:
            assert_never(item)


def _voices(item: Voices, say: Words) -> Iterator[Line]:
    yield Line("bullet", "", item.label)
    for side in item.sides:
        for voice in side.voices:
            label = f"{side.place or say['one_territory']} ({who(voice, say)})"
            yield from _entry(_told(voice.said), say, label=label, depth=1)
    if settled := say.get(f"voices_{item.how}", ""):
        yield from _entry(_told(item.retained), say, label=settled, depth=1)


def _told(said: Said) -> Entry:
    return Entry("", "", said.options, said.paragraphs)


def who(voice: Voice, say: Words) -> str:
    """By their role, and by the name that they agreed to."""
    role = say[f"role_{voice.role}"]
    return f"{voice.name}, {role}" if voice.name else role


def _entry(entry: Entry, say: Words, *, label: str, depth: int = 0) -> Iterator[Line]:
    """Options and a short text on the label's line; what is longer, below it."""
    said = say["answer_separator"].join(entry.options)
    texts = entry.paragraphs
    if not said and len(texts) == 1 and not entry.table:
        said, texts = texts[0], ()
    if said or label:
        yield Line("line", said, label, depth)
    if entry.table:
        made = grid(entry.table, say)
        yield Line("table", "", depth=depth, grid=made)
        for note in made.notes:
            yield Line("text", note, depth=depth)
    for text in texts:
        yield Line("text", text, depth=depth)
    if entry.files:
        files = say["answer_separator"].join(named(file, say) for file in entry.files)
        yield Line("line", files, say["files"], depth)
    for part in entry.parts:
        yield from _entry(part, say, label=part.label, depth=depth + 1)


def _point(point: Point, say: Words) -> Iterator[Line]:
    yield Line("bullet", point.advice, point.title)
    for one in point.because:
        text = f"{one.question}{say['colon']} {quoted(one.answers, say)}"
        yield Line("line", text, say["because"], 1)
    for key, text in (("risk", point.risk), ("first_step", point.first_step)):
        if text:
            yield Line("line", text, say[key], 1)
    if point.seen:
        yield Line("line", say["answer_separator"].join(point.seen), say["seen"], 1)


def _action(action: Action, say: Words) -> Iterator[Line]:
    yield Line("bullet", state(action, say), action.title)
    told = (
        ("first_step", action.first_step),
        ("what", action.what),
        ("who", action.who),
        ("when", action.when),
    )
    for key, text in told:
        if text:
            yield Line("line", text, say[key], 1)


def _neighbour(near: Neighbour, say: Words) -> Iterator[Line]:
    where = ", ".join((near.carrier, *near.territories))
    yield Line("bullet", where, near.title)
    reasons = say["answer_separator"].join(because_near(one, say) for one in near.reasons)
    told = (("near", reasons), ("lesson", near.lesson), ("open_question", near.open_question))
    for key, text in told:
        if text:
            yield Line("line", text, say[key], 1)


def state(action: Action, say: Words) -> str:
    return say["settled"] if action.settled else say[action.how]


def quoted(answers: tuple[str, ...], say: Words) -> str:
    return say["answer_separator"].join(say["quoted"] % {"text": one} for one in answers)


def because_near(reason: Reason, say: Words) -> str:
    return f"{say[f'near_{reason.kind}']}{say['colon']} {', '.join(reason.words)}"


def described(photo: Photo, say: Words) -> str:
    """What a photo shows, for whoever does not see it."""
    return photo.caption or f"{say['photo_of']}{say['colon']} {photo.label}"


def named(file: File, say: Words) -> str:
    kind = say[f"file_{file.kind}"]
    return f"{kind} {say['quoted'] % {'text': file.name}}" if file.name else kind


def _settling(action: Action) -> str:
    what = action.what or action.first_step or action.title
    aside = ", ".join(one for one in (action.who, action.when) if one)
    return f"{what} ({aside})" if aside else what
