"""A workshop's report: PDF/UA-1 for the table, Markdown for the minutes. It names nobody."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any

from bot.domain.workshop.report import Chapter, Report
from bot.domain.workshop.state import Outcome
from bot.domain.workshop.tally import FEWEST
from bot.errors import FilrougeError
from bot.export import qr
from bot.export.markdown import escape
from bot.export.typesetting import fit, typeset_pdf
from bot.export.words import Templates, environment, said_date, words

WORDS = "sheet.room.words.j2"
TEMPLATE = "sheet.room.typ"
Say = Mapping[str, str]
Data = dict[str, Any]


class Papers:
    """The documents of workshops, out of the templates' folder."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates

    def qr(self, text: str) -> bytes:
        return qr.png(text)

    def report(self, made: Report, form: str) -> bytes:
        match form:
            case "pdf":
                return pdf(made, self.templates)
            case "md":
                return markdown(made, self.templates)
        raise FilrougeError(f"le compte rendu n’existe pas en « {form} »")


def pdf(made: Report, templates: Templates) -> bytes:
    say = _words(made, templates)
    data = {**_data(made, say), "say": say}
    return typeset_pdf(TEMPLATE, _fitted(data), templates)


def markdown(made: Report, templates: Templates) -> bytes:
    say = _words(made, templates)
    lines = list(_lines(_data(made, say), say))
    return ("\n\n".join(lines).replace("\n\n- ", "\n- ") + "\n").encode()


def _words(made: Report, templates: Templates) -> dict[str, str]:
    module: Any = environment(templates, made.language).get_template(WORDS).module
    own = {key: unescape(one) for key, one in vars(module).items() if isinstance(one, str)}
    return words(templates, made.language) | own


# --- what both forms say -------------------------------------------------------------------------


def _data(made: Report, say: Say) -> Data:
    day = datetime.fromtimestamp(made.begun, UTC).date().isoformat() if made.begun else ""
    return {
        "language": made.language,
        "title": made.title or say["untitled"],
        "date": said_date(day, say) if day else "",
        "present": _present(made, say),
        "groups": [
            f"{_group(group, made, say)}{say['colon']} {count if count >= FEWEST else say['some']}"
            for group, count in sorted(made.people.items())
        ],
        "chapters": [_chapter(one, say) for one in made.chapters],
        "actions": [
            {
                "what": one.what,
                "who": one.who or say["to_decide"],
                "when": one.when or say["to_decide"],
            }
            for one in made.actions
        ],
    }


def _group(group: str, made: Report, say: Say) -> str:
    return made.places.get(group) or say[f"group_{group}"]


def _present(made: Report, say: Say) -> str:
    people = _count("present", made.present, say)
    return f"{people}, {_count('tables', made.seats, say)}" if made.tables else people


def _chapter(one: Chapter, say: Say) -> Data:
    most = max(one.tally.votes.values(), default=0)
    count = one.tally.answered
    answered = [_count("answered", count, say) if count else say["answered_none"]]
    if one.tally.paper:
        answered.append(_count("paper", one.tally.paper, say))
    name = one.asked.name
    return {
        "title": name if name == one.asked.title else f"{name} · {one.asked.title}",
        "ask": one.asked.ask,
        "answered": ", ".join(answered),
        "bars": [
            {
                "label": option.label,
                "count": one.tally.votes[option.id],
                "share": one.tally.votes[option.id] / most if most else 0,
            }
            for option in one.asked.options
            if most
        ],
        "ideas": [{"text": idea.text, "paper": idea.paper} for idea in one.ideas],
        "retained": _retained(one.outcome),
        "sides": list(one.outcome.sides) if one.outcome else [],
    }


def _retained(outcome: Outcome | None) -> list[str]:
    if outcome is None or outcome.disagreed:
        return []
    chosen = [one.label for one in outcome.asked.options if one.id in outcome.options]
    return [*chosen, *([outcome.text] if outcome.text else [])]


def _count(key: str, count: int, say: Say) -> str:
    return say[f"{key}_one"] if count == 1 else say[f"{key}_many"] % {"count": count}


# --- Markdown ------------------------------------------------------------------------------------


def _lines(data: Data, say: Say) -> Iterator[str]:
    yield f"# {escape(say['title'])} – {escape(data['title'])}"
    yield ", ".join(one for one in (data["date"], data["present"]) if one)
    yield from (f"- {escape(one)}" for one in data["groups"])
    for one in data["chapters"]:
        yield from _chapter_lines(one, say)
    if not data["chapters"]:
        yield escape(say["empty"])
    yield f"## {escape(say['actions'])}"
    for one in data["actions"]:
        yield f"- {escape(_joined(one['what']))} · {escape(one['who'])} · {escape(one['when'])}"
    if not data["actions"]:
        yield escape(say["no_action"])
    yield f"*{escape(say['about'])}*"


def _chapter_lines(one: Data, say: Say) -> Iterator[str]:
    colon = say["colon"]
    yield f"## {escape(one['title'])}"
    yield escape(one["ask"])
    yield escape(one["answered"])
    yield from (f"- {escape(bar['label'])}{colon} {bar['count']}" for bar in one["bars"])
    if one["sides"]:
        yield f"**{escape(say['disagreement'])}**"
        for side, text in zip(("one_side", "other_side"), one["sides"], strict=False):
            yield f"- {escape(say[side])}{colon} {escape(_joined(text))}"
    elif one["retained"]:
        yield f"**{escape(say['retained'])}**"
        yield from (f"- {escape(_joined(text))}" for text in one["retained"])
    else:
        yield f"*{escape(say['open'])}*"
    if one["ideas"]:
        yield f"**{escape(say['ideas'])}**"
        for idea in one["ideas"]:
            mark = f" ({escape(say['paper'])})" if idea["paper"] else ""
            yield f"- {escape(_joined(idea['text']))}{mark}"


def _joined(text: str) -> str:
    """On one line: an item of a list holds no other block."""
    return " ".join(text.split())


def _fitted(data: Any) -> Any:
    """Every text with its French spaces, and places to break."""
    match data:
        case str():
            return fit(data)
        case dict():
            return {key: one if key == "language" else _fitted(one) for key, one in data.items()}
        case list():
            return [_fitted(one) for one in data]
    return data
