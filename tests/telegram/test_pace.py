"""Telegram's pace is kept without being told, and nobody waits for nothing."""

import asyncio
import random

import pytest

from bot.domain.conversation import Conversation
from bot.render.reply import Reply
from bot.service.outbound import Outbound
from bot.service.ports import Key, Turn
from bot.telegram.pace import AT_ONCE, BURST, OVERALL, Bucket, Pace, Urgency
from tests.double import RateLimits, TelegramDouble

from .conftest import Start
from .people import calls, newcomer


async def test_many_people_at_once_provoke_no_flood_control(
    bots: Start, telegram: TelegramDouble
) -> None:
    telegram.rates = RateLimits()
    await bots(rate_limit=True)
    people = [telegram.person(number) for number in range(10, 70)]
    await asyncio.gather(*(one.send("/start") for one in people))
    await asyncio.gather(*(one.sees("Rien n’est gardé", timeout=30) for one in people))
    assert not telegram.refused


def departures(calls: int, answered_after: float) -> list[float]:
    """When so many calls leave that all wait from the start, each answered after so many seconds."""
    bucket, now = Bucket(OVERALL, BURST, AT_ONCE), 1000.0
    left: list[float] = []
    for _ in range(calls):
        bucket.under_way = sum(one + answered_after > now for one in left)
        while pause := bucket.wait(now):
            now += pause + 1e-6
            bucket.under_way = sum(one + answered_after > now for one in left)
        bucket.take(now)
        left.append(now)
    return left


@pytest.mark.parametrize("slowness", [0.05, 0.5, 3.0])
def test_no_delay_makes_too_many_arrive_together(slowness: float) -> None:
    chance = random.Random(7)
    for stalled in (0.0, slowness / 2, slowness):  # the network holds the first calls so long
        limits = RateLimits()
        left = departures(300, slowness)
        late = (max(one + chance.random() * slowness, 1000.0 + stalled) for one in left)
        arrivals = (min(one, most + slowness) for one, most in zip(late, left, strict=True))
        for chat, arrival in enumerate(sorted(arrivals)):
            limits.spend("sendmessage", chat, arrival)


def test_sixty_people_at_once_are_served_in_less_than_two_seconds() -> None:
    assert departures(60, 0.1)[-1] - 1000.0 < 2


async def test_a_hurried_person_provokes_no_flood_control(
    bots: Start, telegram: TelegramDouble
) -> None:
    telegram.rates = RateLimits()
    await bots(rate_limit=True)
    anna = await newcomer(telegram)
    for data in ("p:privacy:", "p:discover:") * 5:
        await anna.press(data, on=anna.last.id)
        await asyncio.sleep(0.05)
    await anna.sees("Comment cela se passe", timeout=30)
    await anna.quiet(1.5)
    assert calls(telegram, 5).count("answerCallbackQuery") == 10
    assert not telegram.refused


async def test_a_bucket_lets_a_burst_pass_then_one_at_a_time() -> None:
    bucket = Bucket(2, 3)
    for _ in range(3):
        assert bucket.wait(10.0) == 0
        bucket.take(10.0)
    assert bucket.wait(10.0) == 0.5
    assert bucket.wait(10.5) == 0
    assert bucket.wait(1000.0) == 0
    for _ in range(4):
        bucket.take(1000.0)
    assert bucket.wait(1000.0) == 1.0


async def test_replies_go_before_the_rest() -> None:
    pace = Pace()
    for _ in range(int(BURST)):
        await pace.turn()
        pace.answered()
    order: list[Urgency] = []

    async def call(urgency: Urgency) -> None:
        await pace.turn(urgency)
        order.append(urgency)
        pace.answered()

    given_up = asyncio.create_task(call(Urgency.REPLY))
    waiting = [
        asyncio.create_task(call(one)) for one in (Urgency.BROADCAST, Urgency.TIDY, Urgency.REPLY)
    ]
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(*waiting)
    assert order == [Urgency.REPLY, Urgency.TIDY, Urgency.BROADCAST]


def told(key: Key, text: str) -> Outbound:
    return Outbound(key, Turn(Conversation()), Reply(text, fresh=True))


async def test_a_reply_goes_before_what_nobody_asked_for(
    bots: Start, telegram: TelegramDouble
) -> None:
    bot = await bots(rate_limit=True)
    anna = await newcomer(telegram)
    for number in range(1000, 1070):
        telegram.person(number).chat.known = True
        bot.door.announce(told(Key("telegram", number, number), "<b>annonce</b>"))
    bot.door.announce(told(Key("telegram", 5, 5), "annonce pour Anna"))
    await anna.send("/privacy")
    await anna.sees("annonce pour Anna", timeout=30)
    sent = [call.params["text"] for call in telegram.calls_of("sendMessage")]
    reply = next(at for at, text in enumerate(sent) if "annonce" not in text and at)
    assert len([text for text in sent[reply:] if "annonce" in text]) > 20
    assert not telegram.refused


async def test_without_the_limiter_nothing_waits() -> None:
    pace = Pace(on=False)
    await asyncio.wait_for(asyncio.gather(*(pace.turn() for _ in range(1000))), 20)
