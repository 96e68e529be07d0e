"""An export read back, or a few answers written by hand in its form (`filrouge try`).

Liberal in what it takes: a list of options, one option or a text. Every fault is told, by its path.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, cast, get_args

from bot.domain.conversation import (
    Answer,
    Attachment,
    AttachmentKind,
    Conversation,
    Fragment,
    HandledAs,
    Handling,
)
from bot.domain.flow import OTHER, Flow, Question
from bot.errors import ContentError

FINISHED = "finished"
SLUG = re.compile(r"[a-z0-9_]+")  # what could be the name of an option

Data = dict[str, Any]
_NO_ANSWER = Answer()


def load(text: str | bytes) -> Data:
    """What a file holds. Raises ContentError when it is not a JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = _where(error)
        raise ContentError(f"ce n’est pas du JSON ({where})") from None
    if not isinstance(found, dict):
        raise ContentError('il faut un objet JSON : {"answers": {…}}')
    return found


def read(flow: Flow, data: Mapping[str, Any]) -> Conversation:
    """The conversation that an export (or a few answers in its form) tells.

    Raises ContentError with one line per fault, each beginning with the path of the fault.
    """
    reading = _Reading(flow)
    for name, take in reading.takers.items():
        if name in data:
            take(data[name])
    if reading.faults:
        raise ContentError("\n".join(reading.faults))
    dossier = data.get("dossier")
    head = dossier if isinstance(dossier, dict) else {}
    number = head.get("id")
    return Conversation(
        dossier=number if isinstance(number, int) else None,
        answers={key: one for key, one in reading.answers.items() if one != _NO_ANSWER},
        handled=reading.handled,
        finished=head.get("status") == FINISHED,
    )


@dataclass(slots=True)
class _Reading:
    """The answers read so far, and everything that could not be."""

    flow: Flow
    answers: dict[str, Answer] = field(default_factory=dict)
    handled: dict[str, Handling] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def takers(self) -> Mapping[str, Any]:
        return {
            "identity": self.take_identity,
            "answers": self.take_answers,
            "other_version": self.take_other_version,
            "skipped": self.take_skipped,
            "attachments": self.take_attachments,
            "handled": self.take_handled,
        }

    # --- the parts of an export ------------------------------------------------------------------

    def take_identity(self, value: object) -> None:
        allowed = [key for key, step in self.flow.step_of.items() if step is None]
        for key, one in self.mapping("identity", value):
            path = f"identity.{key}"
            if self.exists(path, key, allowed):
                self.take(path, self.flow.questions[key], one)

    def take_answers(self, value: object) -> None:
        roots = [question.id for step in self.flow.steps for question in step.questions]
        for key, one in self.mapping("answers", value):
            path = f"answers.{key}"
            if key in self.flow.parents and self.flow.step_of[key] is not None:
                self.take(path, self.flow.questions[key], one)  # a detail beside its question
            elif self.exists(path, key, roots):
                self.take_question(path, key, one)

    def take_question(self, path: str, key: str, value: object) -> None:
        question = self.flow.questions[key]
        if not isinstance(value, dict):
            self.take(path, question, value)
            return
        self.only(path, value, ("options", "details", "text", "follow_ups"))
        self.take(path, question, {k: v for k, v in value.items() if k in ("options", "text")})
        for name in ("details", "follow_ups"):
            self.take_below(f"{path}.{name}", key, value.get(name, {}), name)

    def take_below(self, path: str, parent: str, value: object, name: str) -> None:
        question = next(q for q in self.roots() if q.id == parent)
        children = question.details if name == "details" else question.follow_ups
        for key, one in self.mapping(path, value):
            if self.exists(f"{path}.{key}", key, [child.id for child in children]):
                self.take(f"{path}.{key}", self.flow.questions[key], one)

    def take_other_version(self, value: object) -> None:
        for key, one in self.mapping("other_version", value):
            path = f"other_version.{key}"
            found = one if isinstance(one, dict) else {"options": one}
            options = self.slugs(f"{path}.options", found.get("options", []))
            text = self.text(f"{path}.text", found.get("text", ""))
            before = self.answers.get(key, _NO_ANSWER)
            self.answers[key] = Answer(
                (*before.options, *options),
                (Fragment(text),) if text else before.fragments,
                before.attachments,
            )

    def take_skipped(self, value: object) -> None:
        for key in self.slugs("skipped", value):
            self.replace(key, skipped=True)

    def take_attachments(self, value: object) -> None:
        for key, ones in self.mapping("attachments", value):
            path = f"attachments.{key}"
            if not isinstance(ones, list):
                self.fault(path, "il faut une liste")
                continue
            files = (self.attachment(f"{path}[{at}]", one) for at, one in enumerate(ones))
            self.replace(key, attachments=tuple(one for one in files if one))

    def take_handled(self, value: object) -> None:
        for key, one in self.mapping("handled", value):
            path = f"handled.{key}"
            fields = dict(self.mapping(path, one))
            how = fields.get("how")
            if how not in get_args(HandledAs):
                self.fault(f"{path}.how", f"il faut {_either(get_args(HandledAs))}")
                continue
            said = (
                self.text(f"{path}.{name}", fields.get(name, ""))
                for name in ("what", "who", "when")
            )
            self.handled[key] = Handling(cast(HandledAs, how), *said)

    # --- values ----------------------------------------------------------------------------------

    def take(self, path: str, question: Question, value: object) -> None:
        """A list of options, one option, a text, or {"options", "text"}."""
        if isinstance(value, dict):
            self.only(path, value, ("options", "text"))
            options = self.options(f"{path}.options", question, value.get("options", []))
            text = self.text(f"{path}.text", value.get("text", ""))
        elif isinstance(value, str) and not self.is_option(question, value):
            options, text = (), value
            if question.options and question.kind == "text" and SLUG.fullmatch(value):
                self.unknown(path, value, [option.id for option in question.options])
        else:
            options, text = self.options(path, question, value), ""
        self.replace(question.id, options=options, fragments=(Fragment(text),) if text else ())

    def options(self, path: str, question: Question, value: object) -> tuple[str, ...]:
        slugs = self.slugs(path, [value] if isinstance(value, str) else value)
        for one in slugs:
            if not self.is_option(question, one):
                self.unknown(path, one, [option.id for option in question.options])
        return tuple(dict.fromkeys(slugs))

    def is_option(self, question: Question, value: str) -> bool:
        return value == OTHER or question.option(value) is not None

    def slugs(self, path: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.fault(path, "il faut une liste de textes")
        return ()

    def text(self, path: str, value: object) -> str:
        if isinstance(value, str):
            return value
        self.fault(path, "il faut un texte")
        return ""

    def attachment(self, path: str, value: object) -> Attachment | None:
        fields = dict(self.mapping(path, value))
        kind, size, place = fields.get("kind"), fields.get("size", 0), fields.get("place")
        if kind not in get_args(AttachmentKind):
            self.fault(f"{path}.kind", f"il faut {_either(get_args(AttachmentKind))}")
            return None
        if not isinstance(size, int):
            self.fault(f"{path}.size", "il faut un nombre entier")
            return None
        name = self.text(f"{path}.name", fields.get("name", ""))
        caption = self.text(f"{path}.caption", fields.get("caption", ""))
        return Attachment(
            cast(AttachmentKind, kind),
            name,
            size=size,
            place=_place(place),
            shown=fields.get("shown") is True,
            caption=caption,
        )

    def mapping(self, path: str, value: object) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            return iter(value.items())
        self.fault(path, "il faut un objet {…}")
        return iter(())

    # --- faults ----------------------------------------------------------------------------------

    def exists(self, path: str, key: str, known: list[str]) -> bool:
        if key in known:
            return True
        self.fault(path, f"cette question n’existe pas{_near(key, known)}")
        return False

    def unknown(self, path: str, slug: str, known: list[str]) -> None:
        self.fault(path, f"« {slug} » n’est pas une option{_near(slug, known)}")

    def only(self, path: str, value: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in value:
            if key not in known:
                self.fault(f"{path}.{key}", f"champ inconnu{_near(key, list(known))}")

    def fault(self, path: str, message: str) -> None:
        self.faults.append(f"{path} : {message}")

    def replace(self, key: str, **changes: Any) -> None:
        self.answers[key] = replace(self.answers.get(key, _NO_ANSWER), **changes)

    def roots(self) -> Iterator[Question]:
        for step in self.flow.steps:
            yield from step.questions


def _near(wrong: str, known: list[str]) -> str:
    found = get_close_matches(wrong, known, 1, 0.5)
    return f" ({found[0]} ?)" if found else ""


def _either(choices: tuple[str, ...]) -> str:
    return " ou ".join(f"« {one} »" for one in choices)


def _place(value: object) -> tuple[float, float] | None:
    match value:
        case [int() | float() as latitude, int() | float() as longitude]:
            return float(latitude), float(longitude)
        case _:
            return None


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"ligne {error.lineno}, colonne {error.colno}"
    return "illisible"
