"""The fields of a Word template: the sheet under French names, every text ready to read.

They are a promise to those who wrote a template of their own (`templates/README.md` lists them):
a name may be added, none is renamed.
"""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from bot.domain.sheet import (
    Action,
    Entry,
    FirstRow,
    Item,
    Neighbour,
    Open,
    Point,
    Said,
    Section,
    Sheet,
    Solid,
    Territory,
    Voice,
    Voices,
)
from bot.export.grid import grid
from bot.export.outline import because_near, described, named, quoted, state, who
from bot.export.payload import SHORT_TITLE
from bot.export.typography import typeset
from bot.export.words import answered, attention, edition, heading, kind, said_date, section_title

Data = dict[str, Any]
Words = Mapping[str, str]

COLUMN = 46  # characters of a line, in two columns
_NOT_SHOWN = {"type", "tableau", "texte", "pourquoi", "prevu", "premier_geste", "qui_quand", "etat"}

KINDS = {  # the kind of a section or row -> its name in a template
    "answers": "reponses",
    "ask": "demande",
    "strengths": "forces",
    "settling": "a_regler",
    "points": "points",
    "plan": "plan",
    "voices": "voix",
    "open": "questions",
    "cases": "experiences",
    "ideas": "idees",
    "choices": "choix",
    "figures": "reperes",
    "ratings": "cotes",
    "other_version": "autre_version",
    "annex": "annexe",
}


def fields(sheet: Sheet, say: Words) -> Data:
    """What a template may print, as plain data."""
    title = heading(sheet, say)
    sections = [_section(one, sheet, say) for one in sheet.sections]
    rows = _in_two_columns([_row(one, say) for one in sheet.first_page])
    found: Data = _typeset(
        {
            "document": kind(sheet, say),
            "projet": title,
            "projet_court": title if len(title) <= SHORT_TITLE else f"{title[:SHORT_TITLE]}…",
            "phrase": sheet.sentence,
            "version": str(sheet.version),
            "date": said_date(sheet.date, say),
            "edition": edition(sheet, say),
            "territoires": [_territory(one) for one in sheet.territories],
            "premiere_page": rows,
            "photos": [
                {"legende": described(one, say), "question": one.label, "image": "…"}
                for one in sheet.photos
                if one.content
            ],
            "boussole": [
                {
                    "numero": str(one.number),
                    "titre": one.title,
                    "etat": say[f"progress_{one.progress}"],
                    "reponses": answered(one, say),
                    "attention": attention(one, say),
                }
                for one in sheet.compass
            ],
            "rubriques": sections,
            "forces": _all(sections, "forces") or _all(rows, "forces"),
            "points": _all(sections, "points"),
            "plan": _all(sections, "plan") or _all(rows, "a_regler"),
            "questions": _all(sections, "questions"),
            "experiences": _all(sections, "experiences"),
            "reponses": dict(_by_question(sheet, say)),
            "mots": dict(say),
        }
    )
    return found | {"a_montrer": sheet.document == "show", "langue": sheet.language}


def compass_in_words(found: Data) -> str:
    """The compass for whoever does not see it: the alternative text of its picture."""
    mots = found["mots"]
    steps = [
        f"{mots['step']} {one['numero']}, {one['titre']}{mots['colon']} "
        + ", ".join(word for word in (one["etat"], one["reponses"], one["attention"]) if word)
        for one in found["boussole"]
    ]
    return " ".join(f"{one}." for one in (f"{mots['compass']}, {found['projet']}", *steps))


def _all(blocks: list[Data], kind: str) -> list[Data]:
    """The elements of every block of that kind."""
    return [
        item
        for block in blocks
        if block["type"] == kind
        for group in block.get("groupes", [block])
        for item in group["elements"]
    ]


def _territory(one: Territory) -> Data:
    return {"nom": one.name, "pays": one.country}


def _in_two_columns(rows: list[Data]) -> list[Data]:
    """Each row with whether it begins the second of two columns as even as may be."""
    sizes = [_lines(row) for row in rows]
    splits = range(1, len(rows))
    best = min(splits, key=lambda at: abs(sum(sizes[:at]) - sum(sizes[at:])), default=0)
    return [row | {"autre_colonne": at == best > 0} for at, row in enumerate(rows)]


def _lines(value: Any) -> int:
    """How many lines of a column a row takes, roughly."""
    match value:
        case str():
            return -(-len(value) // COLUMN)
        case dict():
            shown = (one for key, one in value.items() if key not in _NOT_SHOWN)
            return sum(map(_lines, shown)) + ("elements" in value)  # a title stands apart
        case list():
            return sum(map(_lines, value))
        case _:
            return 0


def _row(row: FirstRow, say: Words) -> Data:
    return {
        "titre": row.title,
        "type": KINDS[row.kind],
        "elements": [data for item in row.items for data in _item(item, say)],
    }


def _section(section: Section, sheet: Sheet, say: Words) -> Data:
    return {
        "titre": section_title(section, sheet, say),
        "type": KINDS[section.kind],
        "vide": section.empty,
        "groupes": [
            {
                "titre": group.title or (say[group.key] if group.key else ""),
                "elements": [data for item in group.items for data in _item(item, say)],
            }
            for group in section.groups
        ],
    }


def _item(item: Item, say: Words) -> Iterator[Data]:
    match item:
        case Entry():
            yield from _entry(item, say)
        case Solid():
            yield {"titre": item.title, "phrase": item.phrase, "pourquoi": item.why}
        case Point():
            yield {
                "titre": item.title,
                "conseil": item.advice,
                "parce_que": [
                    {"question": one.question, "reponses": quoted(one.answers, say)}
                    for one in item.because
                ],
                "risque": item.risk,
                "premier_geste": item.first_step,
                "vu_dans": ", ".join(item.seen),
            }
        case Action():
            yield {
                "titre": item.title,
                "quoi": item.what or item.first_step or item.title,
                "prevu": item.what,
                "premier_geste": item.first_step,
                "qui": item.who,
                "quand": item.when,
                "qui_quand": ", ".join(one for one in (item.who, item.when) if one),
                "etat": state(item, say),
            }
        case Open():
            yield {
                "titre": item.title,
                "question": item.ask,
                "reponse": quoted(item.said, say),
            }
        case Neighbour():
            yield {
                "titre": item.title,
                "lieu": ", ".join((item.carrier, *item.territories)),
                "proche": [because_near(one, say) for one in item.reasons],
                "apprend": item.lesson,
                "question_ouverte": item.open_question,
            }
        case Voices():
            yield {
                "titre": item.label,
                "voix": list(_side_by_side(item, say)),
                "decision": say.get(f"voices_{item.how}", ""),
                "retenu": _in_words(item.retained, say),
            }


def _side_by_side(item: Voices, say: Words) -> Iterator[Data]:
    """A row for each pair of voices; an empty one where a side has said less."""
    here, there = ([_voice(one, say) for one in side.voices] for side in item.sides)
    nothing = _voice(Voice(Said(), "gone"), say) | {"qui": ""}
    for left, right in zip_longest(here, there, fillvalue=nothing):
        yield {"ici": left, "la_bas": right}


def _voice(voice: Voice, say: Words) -> Data:
    return {
        "texte": _in_words(voice.said, say),
        "choix": list(voice.said.options),
        "textes": list(voice.said.paragraphs),
        "qui": who(voice, say),
    }


def _in_words(said: Said, say: Words) -> str:
    options = say["answer_separator"].join(said.options)
    return "\n".join(one for one in (options, *said.paragraphs) if one)


def _entry(entry: Entry, say: Words, level: int = 0) -> Iterator[Data]:
    """An answer, then what hangs below it: a flat list, which a template walks without recursion."""
    yield {
        "libelle": entry.label,
        "niveau": level,
        "choix": list(entry.options),
        "textes": list(entry.paragraphs),
        "tableau": _table(entry, say),
        "pieces": ", ".join(named(one, say) for one in entry.files),
        "texte": "\n".join(
            one for one in (say["answer_separator"].join(entry.options), *entry.paragraphs) if one
        ),
    }
    for part in entry.parts:
        yield from _entry(part, say, level + 1)


def _table(entry: Entry, say: Words) -> Data:
    """A table that was filled, cell by cell; lists without anything in them for an ordinary answer."""
    if not entry.table:
        return {"titres": [], "lignes": [], "total": [], "notes": []}
    made = grid(entry.table, say)

    def cells(texts: tuple[str, ...]) -> list[Data]:
        return [
            {"texte": text, "montant": amount}
            for text, amount in zip(texts, made.amounts, strict=False)
        ]

    return {
        "titres": cells(made.head),
        "lignes": [{"cellules": cells(row)} for row in made.rows],
        "total": cells(made.totals),
        "notes": list(made.notes),
    }


def _by_question(sheet: Sheet, say: Words) -> Iterator[tuple[str, Data]]:
    """`reponses.Q4`: every question of the method, empty where this document says nothing of it."""
    nothing = Entry("", "")
    for question in sheet.flow.questions:
        yield question, next(_entry(nothing, say))
    printed = [
        item
        for items in (
            *(row.items for row in sheet.first_page),
            *(group.items for section in sheet.sections for group in section.groups),
        )
        for item in items
        if isinstance(item, Entry)
    ]
    for entry in printed:
        yield from _walked(entry, say)
    roles = sheet.flow.roles
    for question, text in ((roles.name, sheet.title), (roles.sentence, sheet.sentence)):
        if question and text:
            yield question, next(_entry(Entry(question, "", (), (text,)), say))


def _walked(entry: Entry, say: Words) -> Iterator[tuple[str, Data]]:
    yield entry.question, next(_entry(entry, say))
    for part in entry.parts:
        yield from _walked(part, say)


def _typeset(value: Any) -> Any:
    match value:
        case str():
            return typeset(value)
        case dict():
            return {key: _typeset(one) for key, one in value.items()}
        case list():
            return [_typeset(one) for one in value]
        case _:
            return value
