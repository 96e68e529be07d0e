"""Anything may come in, and the bot goes on: a little of `make fuzz`, then the whole bot.

Each try has a seed: `python -m tests.fuzz --only TARGET --seed N --tries 1` makes it again.
"""

import asyncio
import json
from random import Random
from typing import Any

import pytest

from tests.double import Person, Reply, TelegramDouble
from tests.fuzz.mutation import deep, spoiled_bytes, spoiled_json
from tests.fuzz.targets import DATA, TARGETS, UPDATES
from tests.telegram.conftest import Running, bot, bots, telegram, until
from tests.telegram.people import newcomer, writer
from tests.telegram.test_webhook import Hooked, hooked

__all__ = ["bot", "bots", "hooked", "telegram"]  # fixtures

TRIES = {"files": 120, "beside": 10, "brought": 200}


@pytest.mark.parametrize("name", TARGETS)
def test_spoiled_inputs_are_read_or_refused_in_our_words(name: str) -> None:
    for seed in range(TRIES.get(name, 800)):
        try:
            TARGETS[name](Random(seed))
        except Exception as error:
            raise AssertionError(f"--only {name} --seed {seed}") from error


def spoiled(seed: int) -> tuple[str, Any]:
    """A kind of update, and what it holds."""
    chance = Random(seed)
    kind, body = chance.choice(UPDATES)
    return kind, spoiled_json(body, chance)


async def still_answers(telegram: TelegramDouble, number: int) -> Person:
    person = await newcomer(telegram, number)
    assert person.last.buttons
    return person


async def test_polled_anything_neither_stops_the_bot_nor_loops(
    bot: Running, telegram: TelegramDouble
) -> None:
    await still_answers(telegram, 5)
    polls = len(telegram.calls_of("getUpdates"))
    for seed in range(300):
        kind, body = spoiled(seed)
        telegram.updates.push(kind, body, 5)
    await until(lambda: not telegram.updates.pending, 30)
    await still_answers(telegram, 6)
    assert len(telegram.calls_of("getUpdates")) - polls < 20
    assert not bot.task.done()
    assert bot.door.lanes.waiting == 0


PAYLOADS = [
    "j_",
    "a_",
    "h_",
    "j_x",
    "a_ABCDEF",
    "i_abc",
    "x" * 64,
    "-",
    "__",
    "p-12_A",
    "é_è",
    "a_'",
]
PAYLOADS += ["j_" + "9" * 62, "h_" + "-" * 60, "j_\ud800", "a_\x00", "j_" + "x" * 3000]


async def test_any_deep_link_and_any_button_gets_one_useful_reply(
    bot: Running, telegram: TelegramDouble
) -> None:
    """From a stranger, then from somebody on a question; links of invitations and workshops included."""
    stranger, anna = await still_answers(telegram, 5), await writer(telegram, 6)
    chance = Random(3)
    for person in (stranger, anna):
        for payload in PAYLOADS:
            await person.send(f"/start {payload}")
        await person.quiet(0.3)
        assert person.last.from_bot
        assert person.last.buttons
        for _ in range(60):
            data = spoiled_bytes(chance.choice(DATA).encode(), chance)[:64]
            await person.press(data.decode("utf-8", "replace"), on=person.last.id)
        async with asyncio.timeout(60):  # each has its answer, however loaded the machine
            while person.unanswered:
                await asyncio.sleep(0.05)
        await person.send("/start")
        await person.quiet(0.2)
        assert person.last.buttons
    assert not [call for call in telegram.refused if "not modified" not in call.description]


async def test_posted_anything_neither_stops_the_bot_nor_comes_again_for_ever(
    hooked: Hooked, telegram: TelegramDouble
) -> None:
    await still_answers(telegram, 5)
    for seed in range(150):
        kind, body = spoiled(seed)
        telegram.updates.push(kind, body, 5)
    await until(lambda: not telegram.updates.pending, 30)
    chance = Random(1)
    for number in range(100):
        kind, body = chance.choice(UPDATES)
        sent = spoiled_bytes(json.dumps({"update_id": number, kind: body}).encode(), chance)
        assert await hooked.post(sent) in (200, 400)
    await still_answers(telegram, 6)
    assert not hooked.bot.task.done()


async def test_an_update_that_is_no_json_is_set_aside_and_the_others_are_read(
    bot: Running, telegram: TelegramDouble
) -> None:
    """Nested beyond what a parser bears: the whole answer is spoiled, one update at a time is not."""
    await still_answers(telegram, 5)
    polls = len(telegram.calls_of("getUpdates"))
    telegram.person(6)
    telegram.updates.push("message", {"text": "avant"}, 6)
    telegram.updates.push("message", deep(900), 6)
    telegram.updates.push("message", deep(900), 6)
    await still_answers(telegram, 6)
    await until(lambda: not telegram.updates.pending)
    assert len(telegram.calls_of("getUpdates")) - polls < 15
    assert not bot.task.done()


@pytest.mark.parametrize(
    "answer",
    [3, None, {"message_id": "x"}, {"message_id": 2**80}, [], "oui"],
)
async def test_a_strange_answer_to_a_call_stops_nothing(
    bot: Running, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    anna = await still_answers(telegram, 5)
    perform = telegram._perform

    async def strange(http: Any, method: str, request: Any) -> Any:
        if method in ("sendmessage", "editmessagetext") and answers:
            return answers.pop()
        return await perform(http, method, request)

    answers = [answer]
    monkeypatch.setattr(telegram, "_perform", strange)
    await anna.send("/privacy")
    await until(lambda: not answers)
    await still_answers(telegram, 6)


@pytest.mark.parametrize(
    "parameters", [[1], {"retry_after": "bientôt"}, {"migrate_to_chat_id": {}}, {"retry_after": -5}]
)
async def test_a_refusal_with_strange_parameters_stops_nothing(
    bot: Running, telegram: TelegramDouble, parameters: Any
) -> None:
    anna = await still_answers(telegram, 5)
    for method in ("sendMessage", "getUpdates"):
        telegram.faults.next(method, Reply(429, "Too Many Requests", parameters=parameters))
    telegram.updates.interrupt(None)
    await anna.send("/privacy")
    await still_answers(telegram, 6)
    assert not bot.task.done()
