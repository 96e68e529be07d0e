"""An export read back, or a few answers written by hand in its form (`filrouge try`).

Liberal in what it takes: a list of options, one option or a text. Every fault is told, by its path.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, cast, get_args

from bot.domain import dossier
from bot.domain.conversation import (
    Adoption,
    Answer,
    Attachment,
    AttachmentKind,
    Choice,
    Conversation,
    Fragment,
    HandledAs,
    Handling,
    Member,
    Role,
    Side,
    Together,
    Voice,
)
from bot.domain.flow import OTHER, Flow, Question
from bot.errors import ContentError

FINISHED = "finished"
GONE = "gone"  # the role of an author who is no member any more
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
    together = reading.together()
    if reading.faults:
        raise ContentError("\n".join(reading.faults))
    found = data.get("dossier")
    head = found if isinstance(found, dict) else {}
    number = head.get("id")
    return Conversation(
        dossier=number if isinstance(number, int) else None,
        answers={key: one for key, one in reading.answers.items() if one != _NO_ANSWER},
        handled=reading.handled,
        finished=head.get("status") == FINISHED,
        together=together,
    )


@dataclass(slots=True)
class _Reading:
    """The answers read so far, and everything that could not be."""

    flow: Flow
    answers: dict[str, Answer] = field(default_factory=dict)
    handled: dict[str, Handling] = field(default_factory=dict)
    members: list[tuple[Member, bool]] = field(default_factory=list)  # and whether they left
    voices: dict[str, tuple[Voice, ...]] = field(default_factory=dict)
    adopted: dict[str, Adoption] = field(default_factory=dict)
    last: int = 0  # the number of the newest voice
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
            "members": self.take_members,
            "voices": self.take_voices,
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

    # --- a dossier of several ----------------------------------------------------------------------

    def take_members(self, value: object) -> None:
        roles = (*(one.value for one in Role), GONE)
        for at, one in enumerate(self.listed("members", value)):
            path = f"members[{at}]"
            fields = dict(self.mapping(path, one))
            side = self.among(f"{path}.side", fields.get("side"), dossier.SIDES)
            role = self.among(f"{path}.role", fields.get("role"), roles)
            name = " ".join(self.text(f"{path}.name", fields.get("name", "")).split())
            gone = role == GONE
            member = Member(
                at + 1,
                Role.READER if gone else Role(role),
                cast(Side, side),
                name[: dossier.LONGEST_NAME],
            )
            self.members.append((member, gone))
        owners = [one.id for one, gone in self.members if one.role is Role.OWNER]
        if owners != [1]:
            self.fault("members", "le premier doit être « owner », et lui seul")
        if sum(not gone for _, gone in self.members) > dossier.MOST_MEMBERS:
            self.fault("members", f"au plus {dossier.MOST_MEMBERS}")

    def take_voices(self, value: object) -> None:
        """Without `members`, an export of before: who spoke cannot be told, its voices are left."""
        for key, one in self.mapping("voices", value) if self.members else ():
            path = f"voices.{key}"
            fields = dict(self.mapping(path, one))
            said = [
                self.said(f"{path}.said[{at}]", each)
                for at, each in enumerate(self.listed(f"{path}.said", fields.get("said", [])))
            ]
            if len({voice.author for voice, _ in said}) < len(said):
                self.fault(f"{path}.said", "une seule réponse par personne")
            sooner = tuple([self.numbered(voice) for voice, later in said if not later])
            if "choice" in fields:
                self.choose(f"{path}.choice", key, fields["choice"], sooner)
            later = tuple([self.numbered(voice) for voice, later in said if later])
            self.voices[key] = (*sooner, *later)

    def said(self, path: str, value: object) -> tuple[Voice, bool]:
        """A voice, and whether it came after the choice."""
        fields = dict(self.mapping(path, value))
        side = self.among(f"{path}.side", fields.get("side"), dossier.SIDES)
        answer = replace(self.words(path, fields), skipped=fields.get("skipped") is True)
        voice = replace(self.voice(path, fields, answer), side=cast(Side, side))
        return voice, fields.get("later") is True

    def choose(self, path: str, key: str, value: object, said: tuple[Voice, ...]) -> None:
        """What is retained: one of the voices, else words that are no voice any more."""
        fields = dict(self.mapping(path, value))
        how = cast(Choice, self.among(f"{path}.how", fields.get("how"), get_args(Choice)))
        kept = self.answers.get(key, _NO_ANSWER)
        answer = self.words(path, fields) if how == "open" else kept
        voice = self.voice(path, fields, answer)
        same = (
            one
            for one in said
            if how != "written" and one.author == voice.author and _same(one.answer, answer)
        )
        found = next(same, None)
        if found or answer.given:
            voice = found or self.numbered(voice)
            self.adopted[key] = Adoption(voice, how, self.last if how else 0)

    def voice(self, path: str, fields: Mapping[str, Any], answer: Answer) -> Voice:
        rank = fields.get("author")
        if not isinstance(rank, int) or not 1 <= rank <= len(self.members):
            self.fault(f"{path}.author", "il faut le rang d’un membre (le premier : 1)")
            rank = 1
        member, gone = self.members[rank - 1]
        role = None if gone else member.role
        return Voice(0, member.id, member.side, answer, role=role, name=member.name)

    def words(self, path: str, fields: Mapping[str, Any]) -> Answer:
        options = self.slugs(f"{path}.options", fields.get("options", []))
        text = self.text(f"{path}.text", fields.get("text", ""))
        path = f"{path}.attachments"
        files = [
            self.attachment(f"{path}[{at}]", one)
            for at, one in enumerate(self.listed(path, fields.get("attachments", [])))
        ]
        return Answer(
            tuple(dict.fromkeys(options)),
            (Fragment(text),) if text else (),
            tuple([one for one in files if one]),
        )

    def numbered(self, voice: Voice) -> Voice:
        self.last += 1
        return replace(voice, number=self.last)

    def together(self) -> Together | None:
        """The members and their voices; what they retain must be what `answers` says."""
        if not self.members or self.faults:
            return None
        here = tuple([one for one, gone in self.members if not gone])
        found = Together(here[0], here, self.voices, self.adopted, last=self.last)
        for key in self.voices:
            kept = dossier.retained_voice(self.flow, found, key)
            if not _same(kept.answer if kept else _NO_ANSWER, self.answers.get(key, _NO_ANSWER)):
                self.fault(
                    f"voices.{key}", "ce qui est retenu n’est pas ce que disent les réponses"
                )
        owned = {key: one for key, one in self.answers.items() if key not in self.voices}
        for key, answer in owned.items():
            voice = replace(self.numbered(self.voice("", {"author": 1}, answer)), side=dossier.HOME)
            self.voices[key], self.adopted[key] = (voice,), Adoption(voice)
        return replace(found, last=self.last)

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

    def among(self, path: str, value: object, known: tuple[str, ...]) -> str:
        if value in known:
            return str(value)
        self.fault(path, f"il faut {_either(known)}")
        return known[0]

    def listed(self, path: str, value: object) -> list[Any]:
        if isinstance(value, list):
            return value
        self.fault(path, "il faut une liste")
        return []

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


def _same(one: Answer, other: Answer) -> bool:
    return (set(one.options), one.text) == (set(other.options), other.text)


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
