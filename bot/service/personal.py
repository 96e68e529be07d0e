"""What a person receives with /mesdonnees: one ZIP with a page to read, the same as JSON, their files."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.conversation import Answer, Attachment, Conversation, Fragment
from bot.domain.dossier import own_answers, retained
from bot.domain.flow import Flow
from bot.domain.flows import Flows
from bot.domain.languages import right_to_left
from bot.domain.wording import Wording
from bot.render.view import long_date
from bot.render.words import Words
from bot.service.ports import DossierRecord, Key, PersonalData, PersonalFile, RoomGift, Store

SCHEMA = "filrouge/mes-donnees/1"
PAGE, DATA, FILES, TEMPLATE = "mes-donnees.html", "mes-donnees.json", "fichiers", "modele"
MOST_BYTES = 48_000_000  # of files: Telegram lets a bot send 50 MB
LONGEST_NAME = 80
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Template:
    """A Word template that they sent, for all of their dossiers (None) or for one."""

    dossier: int | None
    name: str
    content: bytes

    @property
    def file(self) -> str:
        of = "" if self.dossier is None else f"{self.dossier}-"
        return f"{TEMPLATE}/{of}{_safe(self.name) or 'modele.docx'}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes to send: files by attachment id, Word templates. `left`: what did not fit."""

    contents: Mapping[int, bytes]
    left: frozenset[int] = frozenset()
    templates: tuple[Template, ...] = ()


async def fetched(store: Store, key: Key, data: PersonalData) -> Fetched:
    """One file after the other, until Telegram's limit."""
    templates = [
        Template(dossier, name, found.content)
        for dossier, name in ((None, data.template), *data.dossier_templates)
        if (found := await store.template(key, dossier))
    ]
    room = MOST_BYTES - sum(len(one.content) for one in templates)
    contents: dict[int, bytes] = {}
    left = set()
    for one in data.files:
        content = await store.file_content(one.id) if one.state == "kept" else None
        if content is None:
            continue
        if len(content) > room:
            left.add(one.id)
            continue
        room -= len(content)
        contents[one.id] = content
    return Fetched(contents, frozenset(left), tuple(templates))


def archive(
    flows: Flows, words: Words, key: Key, data: PersonalData, files: Fetched, at: float
) -> bytes:
    """The ZIP. It is read in a phone's file manager: plain names, the page first."""
    names = {one.id: _name(one) for one in data.files if one.id in files.contents}
    page = words.document(
        "personal.html.j2",
        **_readable(flows, words.language, key, data, names, files, at),
    )
    machine = json.dumps(
        _machine(key, data, names, files.templates, at), ensure_ascii=False, indent=2
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr(PAGE, page.encode("utf-8", "replace"))
        whole.writestr(DATA, machine.encode("utf-8", "backslashreplace"))
        stored = zipfile.ZIP_STORED  # pictures and sound do not get smaller
        for number, name in names.items():
            whole.writestr(name, files.contents[number], stored)
        for one in files.templates:
            whole.writestr(one.file, one.content, stored)
    return made.getvalue()


# --- for a machine -----------------------------------------------------------------------------------


def _machine(
    key: Key,
    data: PersonalData,
    names: Mapping[int, str],
    templates: tuple[Template, ...],
    at: float,
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "made": _iso(at),
        "person": {
            "door": key.door,
            "id": key.person,
            "language": data.language,
            "consented": data.consented,
            "consented_at": _iso(data.consented_at),
        },
        "dossiers": [_dossier(one) for one in data.dossiers],
        "history": [
            {
                "dossier": dossier,
                "question": one.question,
                "at": _iso(one.at),
                "adopted": one.adopted,
                **_answer(one.answer),
            }
            for dossier, one in data.history
        ],
        "files": [
            {
                "dossier": one.dossier,
                "question": one.question,
                "state": one.state,
                "file": names.get(one.id),
                **_attachment(one.attachment),
            }
            for one in data.files
        ],
        "versions": [
            {
                "dossier": dossier,
                "number": one.number,
                "at": _iso(one.at),
                "document": json.loads(one.document),
            }
            for dossier, one in data.editions
        ],
        "set_aside": [{"at": _iso(when), "content": content} for when, content in data.set_aside],
        "workshops": [
            {
                "flow": one.flow,
                "question": one.question,
                "at": _iso(one.at),
                "options": list(one.options),
                "text": one.text,
                "replaced": one.former,
            }
            for one in data.rooms
        ],
        "word_templates": [{"dossier": one.dossier, "file": one.file} for one in templates],
    }


def _dossier(record: DossierRecord) -> dict[str, Any]:
    one = record.conversation
    line = next((line for line in one.dossiers if line.id == record.id), None)
    return {
        "id": record.id,
        "flow": record.flow,
        "name": line.name if line else "",
        "archived": bool(line and line.archived),
        "membership": _membership(one),
        "begun": _iso(record.begun),
        "changed": _iso(record.changed),
        "finished": one.finished,
        "rhythm": one.rhythm,
        "place": {"kind": type(one.place).__name__, **asdict(one.place)},
        "answers": {question: _answer(answer) for question, answer in own_answers(one).items()},
        "handled": {rule: asdict(handling) for rule, handling in one.handled.items()},
        "follow_ups_shown": {name: list(shown) for name, shown in one.follow_ups.items()},
        "invitations_met": sorted(one.told),
        "steps_ended": sorted(one.ended),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "options": list(answer.options),
        "text": answer.text,
        "messages": [asdict(one) for one in answer.fragments],
        "attachments": [_attachment(one) for one in answer.attachments],
        "skipped": answer.skipped,
    }


def _attachment(one: Attachment) -> dict[str, Any]:
    """`handle`: by which the door knows it; "file" is where it is in the archive."""
    described = asdict(one)
    return {"handle": described.pop("file"), **described}


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


# --- for a reader ------------------------------------------------------------------------------------


def _readable(
    flows: Flows,
    language: str,
    key: Key,
    data: PersonalData,
    names: Mapping[int, str],
    files: Fetched,
    at: float,
) -> dict[str, Any]:
    def day(when: float) -> str:
        return long_date(when, language)

    return {
        "language_of_page": language,
        "right_to_left": right_to_left(language),
        "made": day(at),
        "door": key.door,
        "id": key.person,
        "language": data.language,
        "consented": data.consented,
        "consented_at": day(data.consented_at),
        "dossiers": [
            _told(flows.flow(record.flow, language), language, record, data, names, files.left)
            | {
                "begun": day(record.begun),
                "changed": day(record.changed),
                "versions": [
                    {"number": one.number, "day": day(one.at)}
                    for dossier, one in data.editions
                    if dossier == record.id
                ],
            }
            for record in data.dossiers
        ],
        "set_aside": [
            {"day": day(when), "content": content} for when, content in data.set_aside if content
        ],
        "workshops": [
            _reader(flows, one.flow, language).answer(one.question, _as_answer(one))
            | {"day": day(one.at), "former": one.former}
            for one in data.rooms
        ],
        "templates": [{"name": one.name, "file": one.file} for one in files.templates],
    }


def _reader(flows: Flows, flow: str, language: str) -> "_Reader":
    """For what was said in somebody else's dossier: its names are not theirs to read."""
    found = flows.flow(flow, language)
    return _Reader(found, Wording(found, {}))


def _as_answer(one: RoomGift) -> Answer:
    return Answer(one.options, (Fragment(one.text),) if one.text else ())


def _membership(conversation: Conversation) -> dict[str, Any] | None:
    """In a dossier that others share: one's role, side and name there."""
    together = conversation.together
    if together is None:
        return None
    me = together.me
    return {"role": me.role, "side": me.side, "name": me.name, "members": len(together.members)}


def _told(
    flow: Flow,
    language: str,
    record: DossierRecord,
    data: PersonalData,
    names: Mapping[int, str],
    left: frozenset[int],
) -> dict[str, Any]:
    conversation = record.conversation
    reader = _Reader(flow, Wording(flow, retained(flow, conversation)))
    line = next((one for one in conversation.dossiers if one.id == record.id), None)
    answers = own_answers(conversation)
    known = [one for one in flow.questions if one in answers]
    others = [one for one in answers if one not in flow.questions]
    return {
        "name": line.name if line else "",
        "archived": bool(line and line.archived),
        "shared": _membership(conversation),
        "answers": [reader.answer(one, answers[one]) for one in (*known, *others)],
        "handled": [
            {"title": reader.rule(rule, one.what), **asdict(one)}
            for rule, one in conversation.handled.items()
        ],
        "former": [
            reader.answer(one.question, one.answer) | {"day": long_date(one.at, language)}
            for dossier, one in data.history
            if dossier == record.id and not one.adopted and one.answer != answers.get(one.question)
        ],
        "files": [
            _file(reader, one, names.get(one.id, ""), one.id in left)
            for one in data.files
            if one.dossier == record.id
        ],
    }


@dataclass(frozen=True, slots=True)
class _Reader:
    """Questions in the words their reader knows; by their ids when the flow is not there any more."""

    flow: Flow
    wording: Wording

    def title(self, question: str) -> str:
        found = self.flow.questions.get(question)
        return self.wording.title(found) if found else question

    def answer(self, question: str, answer: Answer) -> dict[str, Any]:
        found = self.flow.questions.get(question)
        said = [self.wording.answer(found, one) if found else one for one in answer.options]
        return {
            "title": self.title(question),
            "options": [one for one in said if one],
            "texts": [one.text for one in answer.fragments],
            "skipped": answer.skipped and not answer.given,
            "files": len(answer.attachments),
        }

    def rule(self, rule: str, what: str) -> str:
        found = self.flow.rules_by_id.get(rule)
        return self.wording.text(found.title) if found else what or rule


def _file(reader: _Reader, one: PersonalFile, name: str, left: bool) -> dict[str, Any]:
    shown: Attachment = one.attachment
    return {
        "kind": shown.kind,
        "name": shown.name,
        "place": shown.place,
        "question": reader.title(one.question),
        "file": name,
        "left": left,
        "lost": one.state == "lost",
        "pending": one.state == "pending",
    }


# --- names of files ----------------------------------------------------------------------------------

_SUFFIXES = {"photo": ".jpg", "voice": ".ogg", "audio": ".mp3", "video": ".mp4"}


def _name(one: PersonalFile) -> str:
    """« fichiers/12-Q4-plan.pdf »: unique, and harmless on any disk."""
    given = _safe(one.attachment.name)
    last = given or f"{one.attachment.kind}{_SUFFIXES.get(one.attachment.kind, '')}"
    return f"{FILES}/{one.id}-{_safe(one.question)}-{last}"


def _safe(name: str) -> str:
    return _UNSAFE.sub("-", name).strip(".-")[-LONGEST_NAME:]
