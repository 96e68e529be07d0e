"""Reads one message per line, shows the reply. A number presses a button, `1,3` several of them."""

import contextlib
import re
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot.console.plain import plain, screen
from bot.domain.conversation import Commanded, Started, TextGiven
from bot.domain.engine.templates import MOST_BYTES
from bot.errors import FilrougeError
from bot.render.codec import Carried
from bot.render.reply import Button, Reply, Wanted
from bot.service.conversations import Conversations
from bot.service.outbound import Outbound
from bot.service.ports import Inbound, Key

KEY = Key("console", 1, 1)  # whoever sits at this terminal, unless « --as » says another number
PROMPT = "› "

_PRESSED = re.compile(r"\d{1,3}(?:\s*,\s*\d{1,3})*")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.S)


class Console:
    """A door without a network. `clock` gives seconds since 1970."""

    def __init__(
        self,
        conversations: Conversations,
        clock: Callable[[], float],
        folder: Path,
        output: TextIO = sys.stdout,
        key: Key = KEY,
    ) -> None:
        self.conversations = conversations
        self.key = key
        self.clock = clock
        self.folder = folder
        self.output = output
        self.bold = output.isatty()
        self.buttons: tuple[Button, ...] = ()
        self.message = 0

    def run(self, source: TextIO, wait: Callable[[Coroutine[None, None, None]], None]) -> None:
        """The whole conversation, until the end of input. `wait` runs a coroutine to its end."""
        wait(self.act([Started(at=self.clock())]))
        for line in _lines(source):
            if line.strip():
                wait(self.act(self.events(line)))

    def goodbye(self) -> None:
        self.say("Ce qui est noté est gardé. La même commande reprendra ici.")

    def events(self, line: str) -> list[Carried]:
        """What a line means: buttons pressed, a command, or words."""
        at = self.clock()
        if _PRESSED.fullmatch(line.strip()):
            numbers = [int(one) for one in line.split(",")]
            if all(1 <= one <= len(self.buttons) for one in numbers):
                return [_at(self.buttons[one - 1].event, at) for one in numbers]
        if command := _COMMAND.fullmatch(line.strip()):
            name, argument = command[1].lower(), (command[2] or "").strip()
            return [Started(argument, at) if name == "start" else Commanded(name, argument, at)]
        self.message = max(self.message + 1, int(at * 1000))
        return [TextGiven(line, self.message, at=at)]

    async def act(self, events: Sequence[Carried]) -> None:
        """Handle each event; show where the last one led."""
        outbound: Outbound | None = None
        for event in events:
            outbound = await self.conversations.handle(Inbound(self.key, event))
            await self.send(outbound)
            if isinstance(event, Commanded) and event.name == "modele" and event.argument:
                outbound = await self.template(event.argument)
                await self.send(outbound)
        if outbound:
            self.show(outbound.reply)
            await self.conversations.shown(outbound, self.message or None)

    async def send(self, outbound: Outbound) -> None:
        for wanted in outbound.reply.wanted:
            await self.document(outbound, wanted)

    async def document(self, outbound: Outbound, wanted: Wanted) -> None:
        try:
            made = await self.conversations.make(
                outbound.key, outbound.turn.conversation, wanted, self.clock()
            )
        except FilrougeError as fault:
            apology = self.conversations.apology(outbound.turn.conversation.language)
            self.say(f"{plain(apology)} ({fault})")
            return
        for text in made.texts:
            self.say(plain(text, bold=self.bold) + "\n")
        if made.content:
            path = self.folder / made.name
            path.write_bytes(made.content)
            self.say(f"{plain(made.caption)} {path}\n")

    async def template(self, named: str) -> Outbound:
        """« /modele chemin.docx »: a terminal sends a document by naming it."""
        content = _read(self.folder, named)
        name = Path(named).name
        return await self.conversations.offer_template(self.key, name, content, self.clock())

    def show(self, reply: Reply) -> None:
        if reply.rows:
            self.buttons = tuple(button for row in reply.rows for button in row)
        shown = screen(reply, bold=self.bold)
        if shown:
            self.say(f"\n{shown}\n")

    def say(self, text: str) -> None:
        encoding = self.output.encoding or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self.output, flush=True)


def _read(folder: Path, named: str) -> bytes | None:
    """At most a byte too many: enough to be refused for its size. None when it cannot be read."""
    try:
        with (folder / Path(named).expanduser()).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError, RuntimeError):
        return None


def _at(event: Carried, at: float) -> Carried:
    return replace(event, at=at)


def _lines(source: TextIO) -> Iterator[str]:
    """Each line without its end; with line editing and history in a terminal that has them."""
    if not source.isatty():
        yield from (line.rstrip("\r\n") for line in source)
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # its import is what adds line editing
    with contextlib.suppress(EOFError):
        while True:
            yield input(PROMPT)
