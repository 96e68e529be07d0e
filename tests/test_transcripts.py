"""Whole conversations, written as chats in `tests/transcripts/*.yaml`: what a person does, what they see.

A turn is a mapping; its lines are played in the order written:

    dit: /start                         a message or a /command (a list: several, one after the other)
    touche: [L’essentiel, Continuer]    buttons of the screen, by their words or a part of them
    touche deux fois: Une idée          a double tap: the second one carries the same button
    touche sur une ancienne carte: Non  a button seen before that the screen no longer shows
    dit: 10000 signes                   that many characters, in as many messages as a phone makes
    recule: 20                          « Retour » that often
    passe tout: jusqu’à la relecture    « Passer » and « Continuer » up to that place (or « l’étape 1 »)
    coche tout: jusqu’à la relecture    the first two choices everywhere, a few words where there are none
    donne: photo                        a file or anything else; {photo: légende} with a caption
    répond à Q4: …                      a message that replies to an old card of that question
    corrige: {avant: après}             edits the message sent that contained « avant »
    voit: … · ne voit pas: …            words of the screen, toast excluded (a list: each of them)
    boutons: [...] · pas de bouton: …   these labels, in this order, others allowed between them
    toast: …                            what the tap answered
    place: Q4                           also « raconter Q4 », « fin de l’étape 2 », « première page »…
    réponses: {Q4: [croise]} · textes: {Q4: …} · fichiers: {Q4: [photo]} · dossiers: 1

A document with « parcours: ciat » walks another flow than the six steps.
A document with « à corriger » is a defect: its last turn says what should happen, and fails until it does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content import load_flow
from bot.domain import conversation as c
from bot.render.reply import Button
from tests.play import ROOT, Play

FOLDER = Path(__file__).parent / "transcripts"
PLACES = {c.FirstPageEnd: "première page", c.Review: "relecture", c.Home: "accueil"}


class Unexpected(AssertionError):
    """A turn that did not go as written; `turn` counts from 1."""

    def __init__(self, turn: int, message: str) -> None:
        super().__init__(message)
        self.turn = turn


class Strict(yaml.SafeLoader):
    """Two identical keys in one turn would lose one of them in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"clé en double, {node.start_mark}"
        return super().construct_mapping(node, deep)


def documents() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        found = list(yaml.load_all(path.read_text("utf-8"), Strict))
        for number, document in enumerate(found, start=1):
            why = document.get("à corriger", "")
            marks = [pytest.mark.xfail(strict=True, raises=Unexpected, reason=why)] if why else []
            name = path.stem if len(found) == 1 else f"{path.stem}-{number}"
            yield pytest.param(document, id=name, marks=marks)


@pytest.mark.parametrize("document", list(documents()))
def test_a_conversation_goes_as_it_is_written(document: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    turns = document["tours"]
    try:
        Chat(document.get("parcours", "")).play(turns)
    except Unexpected as failure:
        if "à corriger" in document and failure.turn != len(turns):
            raise RuntimeError(f"ce n’est pas le défaut attendu : {failure}") from failure
        raise


class Chat:
    """One person's conversation, played turn by turn and remembered, as a phone remembers it."""

    def __init__(self, flow: str) -> None:
        self.person = Play(load_flow(ROOT / "flows" / f"{flow}.yaml") if flow else None)
        self.shown = self.person.reply
        self.before = self.person.place
        self.seen: list[Button] = []
        self.sent: list[tuple[str, int]] = []

    def play(self, turns: list[Mapping[str, Any]]) -> None:
        __tracebackhide__ = True
        for number, turn in enumerate(turns, start=1):
            for line, wanted in turn.items():
                try:
                    self.line(line, wanted)
                except AssertionError as failure:
                    raise Unexpected(number, self.report(number, line, wanted, failure)) from None

    def line(self, line: str, wanted: Any) -> None:
        if line.startswith("répond à "):
            self.says(wanted, reply_to=line.removeprefix("répond à "))
            return
        actions: dict[str, Callable[[Any], None]] = {
            "dit": self.says,
            "touche": self.taps,
            "touche deux fois": self.taps_twice,
            "touche sur une ancienne carte": self.taps_an_old_card,
            "recule": self.goes_back,
            "passe tout": self.skips_everything,
            "coche tout": self.ticks_everything,
            "donne": self.gives,
            "corrige": self.edits,
            "voit": lambda words: self.sees(words, True),
            "ne voit pas": lambda words: self.sees(words, False),
            "boutons": self.has_buttons,
            "pas de bouton": self.has_no_button,
            "toast": lambda words: same(words, self.person.reply.toast),
            "place": lambda place: same(place, self.place()),
            "réponses": self.answered,
            "textes": self.told,
            "fichiers": self.joined,
            "dossiers": lambda count: same(count, len(self.person.shelf)),
        }
        assert line in actions, f"« {line} » n’est pas une ligne de conversation"
        actions[line](wanted)

    # --- what the person does ------------------------------------------------------------------

    def says(self, words: Any, reply_to: str = "") -> None:
        for one in listed(words):
            count = one.removesuffix(" signes")
            text = "mot " * (int(count) // 4) if count.isdigit() else one
            self.sent.append((one, self.person.send(text, reply_to=reply_to)))
            self.look()

    def taps(self, labels: Any) -> None:
        for label in listed(labels):
            self.person.click(label)
            self.look()

    def taps_twice(self, label: str) -> None:
        event = self.person.button(label).event
        self.person.act(event)
        self.look()
        self.person.act(event)
        self.look()

    def taps_an_old_card(self, label: str) -> None:
        shown = [one.event for row in self.person.reply.rows for one in row]
        old = [one for one in reversed(self.seen) if label in one.label and one.event not in shown]
        assert old, "aucune ancienne carte n’avait ce bouton"
        self.person.act(old[0].event)
        self.look()

    def goes_back(self, times: int) -> None:
        for _ in range(times):
            if "◀ Retour" in self.person.labels:
                self.taps("◀ Retour")

    def skips_everything(self, until: str) -> None:
        while not self.reached(until):
            skips = "⏭ Passer" in self.person.labels
            self.taps("⏭ Passer" if skips else "Continuer ▶")

    def ticks_everything(self, until: str) -> None:
        while not self.reached(until):
            self.answer_somehow()
            if self.person.place == self.before:
                self.taps("Continuer ▶")

    def answer_somehow(self) -> None:
        self.before = place = self.person.place
        rows = self.person.reply.rows
        choices = [one for row in rows for one in row if isinstance(one.event, c.OptionChosen)]
        if not isinstance(place, c.At):
            return
        if place.telling or not choices:
            self.says("Quelques mots.")
            return
        for choice in choices[:2]:
            if self.person.place == place:
                self.person.act(choice.event)

    def reached(self, until: str) -> bool:
        wanted = until.removeprefix("jusqu’à ").removeprefix("la ")
        return self.place() in (wanted, f"fin de {wanted}")

    def gives(self, things: Any) -> None:
        for thing in listed(things):
            ((kind, caption),) = thing.items() if isinstance(thing, dict) else ((thing, ""),)
            self.person.give(kind, caption)
            self.look()

    def edits(self, corrections: Mapping[str, str]) -> None:
        for before, after in corrections.items():
            found = [at for at, (text, _) in enumerate(self.sent) if before in text]
            assert found, f"aucun message envoyé ne contient « {before} »"
            text, message = self.sent[found[-1]]
            self.sent[found[-1]] = (text.replace(before, after), message)
            self.person.edit(message, text.replace(before, after))
            self.look()

    def look(self) -> None:
        """What the phone shows now: a toast alone leaves the screen as it was."""
        toast = self.person.reply.toast
        if toast and not self.person.reply.text:
            self.person.reply = replace(self.shown, toast=toast)
        self.shown = self.person.reply
        self.seen += [button for row in self.person.reply.rows for button in row]
        assert self.person.reply.text or self.person.reply.toast, "le robot ne répond rien"
        assert not {"{ici", "{la_bas", "None"} & set(self.person.text.split()), "un mot brut"
        assert len(self.person.reply.text) <= 4096, "un message trop long pour Telegram"

    # --- what the person sees --------------------------------------------------------------------

    def sees(self, words: Any, wanted: bool) -> None:
        for one in listed(words):
            assert (one in self.person.text) is wanted, one

    def has_buttons(self, labels: Any) -> None:
        left = iter(self.person.labels)
        for label in listed(labels):
            here = any(label in (one, one.removesuffix(" ✓")) for one in left)
            assert here, f"« {label} » manque, ou n’est pas à cette place"

    def has_no_button(self, labels: Any) -> None:
        for label in listed(labels):
            assert not [one for one in self.person.labels if label in one], label

    def place(self) -> str:
        match self.person.place:
            case c.At(question, telling):
                return f"raconter {question}" if telling else question
            case c.StepEnd(step):
                return f"fin de l’étape {step.removeprefix('etape')}"
            case other:
                return PLACES[type(other)]

    # --- what was kept -----------------------------------------------------------------------------

    def answered(self, answers: Mapping[str, Any]) -> None:
        for question, options in answers.items():
            same(listed(options), list(self.person.answered(question).options), question)

    def told(self, texts: Mapping[str, Any]) -> None:
        for question, text in texts.items():
            same("\n".join(listed(text)), self.person.answered(question).text, question)

    def joined(self, files: Mapping[str, Any]) -> None:
        for question, kinds in files.items():
            kept = [one.kind for one in self.person.answered(question).attachments]
            same(listed(kinds), kept, question)

    # --- how it fails --------------------------------------------------------------------------------

    def report(self, number: int, line: str, wanted: Any, failure: AssertionError) -> str:
        rows = ["  ".join(f"[ {one.label} ]" for one in row) for row in self.person.reply.rows]
        screen = [f"({self.person.reply.toast})"] if self.person.reply.toast else []
        screen += [*self.person.text.splitlines(), *rows]
        drawn = "\n".join(f"   │ {one}" for one in screen)
        reason = str(failure).splitlines()[0] if str(failure) else ""
        return f"\ntour {number}, {line}: {wanted}\n   → {reason}\nà l’écran ({self.place()}) :\n{drawn}"


def listed(one: Any) -> list[Any]:
    return one if isinstance(one, list) else [one]


def same(wanted: Any, found: Any, about: str = "") -> None:
    assert wanted == found, f"{about} attendu {wanted!r}, trouvé {found!r}".strip()
