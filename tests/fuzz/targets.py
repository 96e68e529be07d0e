"""What is tried: each takes one spoiled input, and may refuse it in its own words, never otherwise."""

import contextlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from telegram import Update

from bot import content
from bot.domain import conditions
from bot.domain import conversation as c
from bot.domain.engine import transition
from bot.errors import ContentError
from bot.export import json_
from bot.export import reading as imports
from bot.render import codec
from bot.render.codec import decode
from bot.telegram import reading
from bot.telegram.bot import number_of
from bot.telegram.updates import key_of, lane_of, to_inbound, to_meeting, to_standing
from tests.fuzz.mutation import ODD, spoiled_bytes, spoiled_json
from tests.play import ROOT, Play, flow, renderer

SMALL = ROOT / "tests" / "data" / "small.yaml"
TABLE = ROOT / "tests" / "data" / "tableau.yaml"
FILES = (SMALL, SMALL, TABLE, ROOT / "flows" / "glossary.yaml")
EXCHANGE = ROOT / "flows" / "formats-echange.yaml"
BESIDE = ("formats-echange.en.yaml", "sheet/formats-echange.yaml")  # what stands beside that flow

USER = {"id": 5, "is_bot": False, "first_name": "Anna", "language_code": "fr"}
CHAT = {"id": 5, "type": "private", "first_name": "Anna"}
GROUP = {"id": -100, "type": "supergroup", "title": "Comité"}
MESSAGE = {"message_id": 7, "date": 1_700_000_000, "chat": CHAT, "from": USER}
FILE = {"file_id": "F", "file_unique_id": "U", "file_size": 1234}
MEMBER = {"user": {"id": 42, "is_bot": True, "first_name": "B"}, "status": "member"}
ENTITY = {"type": "bot_command", "offset": 0, "length": 6}

UPDATES: list[tuple[str, dict[str, Any]]] = [
    ("message", {**MESSAGE, "text": "un mot"}),
    ("message", {**MESSAGE, "text": "/start i_abc", "entities": [ENTITY]}),
    ("message", {**MESSAGE, "photo": [{**FILE, "width": 1, "height": 1}], "caption": "ici"}),
    ("message", {**MESSAGE, "document": {**FILE, "file_name": "a.pdf"}, "media_group_id": "1"}),
    ("message", {**MESSAGE, "voice": {**FILE, "duration": 3}}),
    ("message", {**MESSAGE, "location": {"latitude": 1.0, "longitude": 2.0}}),
    ("message", {**MESSAGE, "contact": {"phone_number": "1", "first_name": "B"}}),
    ("message", {**MESSAGE, "chat": GROUP, "text": "/start@b_bot", "entities": [ENTITY]}),
    ("message", {**MESSAGE, "text": "oui", "reply_to_message": {**MESSAGE, "text": "carte"}}),
    ("edited_message", {**MESSAGE, "text": "un autre mot", "edit_date": 1_700_000_001}),
    (
        "callback_query",
        {"id": "1", "from": USER, "chat_instance": "1", "data": "ok", "message": MESSAGE},
    ),
    ("callback_query", {"id": "1", "from": USER, "chat_instance": "1", "data": "o:Q4:1:0:1"}),
    (
        "my_chat_member",
        {
            "chat": CHAT,
            "from": USER,
            "date": 1_700_000_000,
            "old_chat_member": {**MEMBER, "status": "left"},
            "new_chat_member": MEMBER,
        },
    ),
]

DATA = ["ok", "no", "pd", "o:Q4:1:0:1", "c:Q4:1", "q:Q4:1", "e:etape2", "m", "r", "y:essential"]
DATA += ["p:help:Q4", "p:case:3:Q4", "p:project:1", "do:1", "dd:1", "da:1:1", "h:V2.3:done"]
DATA += ["f:show:pdf", "k:a:show:pdf", "wr:1", "wx", "t:Q4", "x:Q4", "v:Q4", "s:Q4:1", "b:Q4:1"]

DATA += [":".join([verb, *["1"] * count]) for verb in codec._VERBS for count in range(4)]

CONDITION = b"(Q4 in [croise, ici] and not I_stade has [en_cours]) or missing(Q5) and Q4 lacks [x]"


def files(chance: Random) -> None:
    """A file of the method, by its bytes: read, or refused with the place of the fault."""
    source = chance.choice(FILES)
    made = spoiled_bytes(source.read_bytes(), chance)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / source.name
        path.write_bytes(made)
        try:
            content.inspect(path)
        except ContentError as fault:
            _worded(fault)


def _worded(fault: Exception, placed: bool = True) -> None:
    assert placed, "a fault outside the text"
    assert str(fault).strip(), "a fault without words"


def beside(chance: Random) -> None:
    """A translation or a sheet's layout, by its bytes, beside the flow that it speaks of."""
    name = chance.choice(BESIDE)
    source = EXCHANGE.parent / name
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / EXCHANGE.name).write_bytes(EXCHANGE.read_bytes())
        path = Path(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(spoiled_bytes(source.read_bytes(), chance))
        try:
            content.inspect(path)
        except ContentError as fault:
            _worded(fault)


def condition(chance: Random) -> None:
    """A condition: a tree, or a fault with its column within the text."""
    text = spoiled_bytes(CONDITION, chance).decode("utf-8", "replace")
    try:
        tree = conditions.parse(text)
    except conditions.ConditionError as fault:
        _worded(fault, fault.column <= len(text))
    else:
        conditions.questions(tree)
        tree.holds(conditions.Facts({"Q4": frozenset({"croise"})}))


def brought(chance: Random) -> None:
    """A dossier brought in: by its bytes or by its pieces; what is taken can be given back."""
    exported = _exported()
    try:
        if chance.random() < 0.5:
            found = imports.load(spoiled_bytes(json.dumps(exported).encode(), chance))
        else:
            found = spoiled_json(exported, chance)
            if not isinstance(found, dict):
                return
        conversation = imports.read(flow(), found)
    except ContentError as fault:
        _worded(fault)
        return
    again = imports.read(flow(), json_.document(flow(), conversation))
    assert again.answers.keys() == conversation.answers.keys()


@cache
def _exported() -> dict[str, Any]:
    play = Play()
    for event in (
        c.ConsentGiven(),
        c.RhythmChosen(c.Rhythm.ESSENTIAL),
        c.TextGiven("Eau de Kayes", 1),
        c.QuestionOpened("Q4"),
        c.TextGiven("Tout le monde « ensemble »", 2),
        c.QuestionOpened("Q11"),
        c.TextGiven("Deux ans", 3),
        c.PointHandled("V2.3", "planned"),
    ):
        play.conversation, _ = transition(flow(), play.conversation, replace(event, at=1.0))
    return json_.document(flow(), play.conversation)


def button(chance: Random) -> None:
    """Any data of a button, in any state: an event and a reply, or not one of ours."""
    made = spoiled_bytes(chance.choice(DATA).encode(), chance)[:64].decode("utf-8", "replace")
    event = decode(made, 2.0)
    if event is None or not isinstance(event, c.Event):
        return  # not ours, or of a workshop
    _answered(event, chance)


def command(chance: Random) -> None:
    """Any payload of a deep link, any command with any words: one useful reply."""
    words = spoiled_bytes(b"i_Abc-123", chance).decode("utf-8", "replace")
    name = spoiled_bytes(chance.choice((b"aide", b"modifier", b"fiche", b"zut")), chance)
    events = (c.Started(words, 2.0), c.Commanded(name.decode("utf-8", "replace"), words, 2.0))
    _answered(chance.choice(events), chance)


def _answered(event: c.Event, chance: Random) -> None:
    states = [c.Conversation(), c.Conversation(consented=True), _begun()]
    conversation, effects = transition(flow(), chance.choice(states), event)
    reply = renderer().reply(conversation, [one for one in effects if isinstance(one, c.Spoken)])
    assert reply.text or reply.toast or reply.wanted, event


@cache
def _begun() -> c.Conversation:
    conversation = c.Conversation()
    for event in (c.ConsentGiven(1.0), c.RhythmChosen(c.Rhythm.ESSENTIAL, 1.0)):
        conversation, _ = transition(flow(), conversation, event)
    return replace(conversation, dossier=1)


def update(chance: Random) -> None:
    """Any update has a lane, and is read or refused at the door."""
    kind, body = chance.choice(UPDATES)
    raw = spoiled_json({"update_id": 7, kind: body}, chance)
    with contextlib.suppress(ValueError):
        reading.read(spoiled_bytes(json.dumps(raw).encode(), chance))
    if number_of(raw) is None:
        return
    try:
        read = Update.de_json(raw, None)
    except Exception:  # noqa: BLE001  # set aside, see FilrougeBot.parsed
        return
    assert isinstance(lane_of(read), int)
    key_of(read)
    with contextlib.suppress(Exception):  # set aside too, see Lanes
        to_standing(read)
        to_meeting(read, "b_bot")
        to_inbound(read, 2.0)


TARGETS: dict[str, Callable[[Random], None]] = {
    one.__name__: one for one in (files, beside, condition, brought, button, command, update)
}

__all__ = ["ODD", "TARGETS", "UPDATES"]
