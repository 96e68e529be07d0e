"""What a turn thinks: to decide (`transition`) and to render (`Renderer.reply`), alone.

Every turn of a whole dossier in depth is done again and again, and its best time kept: that of a
quiet machine, even when it is not.
"""

import gc
import time
from dataclasses import replace
from typing import Any

from bot.domain import conversation as c
from bot.domain.engine import transition
from bot.render.reply import Reply
from tests.play import Play, walk

Taken = tuple[c.Conversation, c.Event, c.Conversation, list[c.Spoken]]


class Recorded(Play):
    """A person whose turns are kept, to be done again."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Taken] = []

    def act(self, event: c.Event) -> Reply:
        before = self.conversation
        reply = super().act(event)
        spoken = [one for one in self.effects if isinstance(one, c.Spoken)]
        self.taken.append((before, replace(event, at=self.clock), self.conversation, spoken))
        return reply


def deciding(times: int) -> dict[str, Any]:
    """Microseconds a turn."""
    play = Recorded()
    play.send("/start")
    play.click("J’accepte et je commence", "En profondeur")
    walk(play, c.Review)
    decided, rendered = _best(play, times)
    turns = len(play.taken)
    return {
        "turns": turns,
        "decide_us": round(sum(decided) / turns / 1000, 1),
        "render_us": round(sum(rendered) / turns / 1000, 1),
    }


def _best(play: Recorded, times: int) -> tuple[list[int], list[int]]:
    """Nanoseconds, turn by turn."""
    clock, flow, renderer = time.perf_counter_ns, play.flow, play.renderer
    decided, rendered = [10**9] * len(play.taken), [10**9] * len(play.taken)
    gc.disable()
    for _ in range(times):
        for turn, (before, event, after, spoken) in enumerate(play.taken):
            begun = clock()
            transition(flow, before, event)
            settled = clock()
            renderer.reply(after, spoken)
            told = clock()
            decided[turn] = min(decided[turn], settled - begun)
            rendered[turn] = min(rendered[turn], told - settled)
    gc.enable()
    return decided, rendered
