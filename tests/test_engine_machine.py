"""Any sequence of events, with the real flow: no exception, no silence, no lost answer, no dead end."""

import random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain import conversation as c
from bot.domain.agenda import Agenda, plans
from bot.render.codec import MOST_BYTES, decode, encode
from tests.play import Play, flow

QUESTIONS = sorted(flow().questions)
STEPS = [*(step.id for step in flow().steps), "identity", "nulle-part"]
PANELS = [
    "help", "examples", "missing", "vigilance", "ideas", "point", "plan", "modify", "steps", "rhythm",
    "export", "formats", "header", "pause", "projects", "project", "delete", "delete_dossier", "privacy",
    "discover", "welcome", "resume", "stale", "template", "inconnu",
]  # fmt: skip
COMMANDS = [
    "start", "aide", "fiche", "manque", "vigilance", "modifier", "projets", "exporter", "pause",
    "mesdonnees", "rythme", "etapes", "modele", "privacy", "supprimer", "zut", "x" * 60,
]  # fmt: skip
WORDS = st.text(min_size=1, max_size=60).filter(str.strip)
RULES = sorted(flow().rules_by_id)


class AnyPerson(RuleBasedStateMachine):
    """Presses what is shown, keeps old buttons to press later, writes, commands, forges."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.play.send("/start")
        self.old: list[c.Event] = []
        self.words: dict[str, str] = {}  # words given -> what they were, while they must be found

    def act(self, event: c.Event) -> None:
        self.old += [b.event for row in self.play.reply.rows for b in row][:3]
        del self.old[:-40]
        before = self.play.conversation
        self.play.act(event)
        self._forget(before, event)

    def _forget(self, before: c.Conversation, event: c.Event) -> None:
        """Words that their author has replaced or deleted need not be found any more."""
        now = self.play.conversation
        if now.dossier != before.dossier or isinstance(event, c.TextCleared | c.MessageEdited):
            self.words.clear()
        for effect in self.play.effects:
            if (
                isinstance(effect, c.RecordAnswer)
                and flow().questions[effect.question].kind == "line"
            ):
                former = before.answers.get(effect.question, c.Answer())
                for fragment in former.fragments:
                    self.words.pop(fragment.text, None)

    @rule(pick=st.integers(0, 10_000))
    def press(self, pick: int) -> None:
        buttons = [b for row in self.play.reply.rows for b in row]
        if buttons:
            self.act(buttons[pick % len(buttons)].event)

    @rule(pick=st.integers(0, 10_000))
    def press_an_old_button(self, pick: int) -> None:
        if self.old:
            self.act(self.old[pick % len(self.old)])

    @rule(words=WORDS, reply_to=st.sampled_from(["", "", "", *QUESTIONS[:20], "Q99"]))
    def write(self, words: str, reply_to: str) -> None:
        tagged = f"{words} #{self.play.message + 1}"
        play = self.play
        kept = (
            play.conversation.consented
            and play.conversation.dossier
            and not play.conversation.awaiting
        )
        self.old += [b.event for row in play.reply.rows for b in row][:3]
        before = play.conversation
        play.message += 1
        play.act(c.TextGiven(tagged, play.message, reply_to))
        self._forget(before, c.TextGiven(tagged))
        if kept:
            self.words[tagged] = reply_to

    @rule(
        kind=st.sampled_from(
            ["photo", "voice", "location", "document", "contact", "sticker", "poll", "button"]
        )
    )
    def give(self, kind: str) -> None:
        self.play.give(kind)

    @rule(faults=st.integers(0, 7))
    def offer_a_template(self, faults: int) -> None:
        fault = c.TemplateFault("unknown_field", "{{ <b> }}", "& un paragraphe", "projet")
        self.act(c.TemplateGiven("a.docx", b"PK", (fault,) * faults))

    @rule(message=st.integers(0, 30), words=WORDS)
    def correct(self, message: int, words: str) -> None:
        self.act(c.MessageEdited(message, words))

    @rule(name=st.sampled_from(COMMANDS))
    def command(self, name: str) -> None:
        self.act(c.Started() if name == "start" else c.Commanded(name))

    @rule(question=st.sampled_from(QUESTIONS), telling=st.booleans())
    def open(self, question: str, telling: bool) -> None:
        self.act(c.QuestionOpened(question, telling))

    @rule(step=st.sampled_from(STEPS))
    def open_step(self, step: str) -> None:
        self.act(c.StepOpened(step))

    @rule(rhythm=st.sampled_from(list(c.Rhythm)))
    def change_rhythm(self, rhythm: c.Rhythm) -> None:
        self.act(c.RhythmChosen(rhythm))

    @rule(
        panel=st.sampled_from(PANELS),
        argument=st.sampled_from(["", "1", "Q4", "V2.1", "etape2", "?"]),
    )
    def open_panel(self, panel: str, argument: str) -> None:
        self.act(c.PanelOpened(panel, argument))

    @rule(
        rule_id=st.sampled_from(RULES), how=st.sampled_from(["done", "planned", "not_for_us", ""])
    )
    def handle(self, rule_id: str, how: Any) -> None:
        self.act(c.PointHandled(rule_id, how))

    @rule(
        question=st.sampled_from(QUESTIONS), revision=st.integers(0, 30), option=st.integers(0, 300)
    )
    def forge(self, question: str, revision: int, option: int) -> None:
        self.act(c.OptionChosen(question, revision, option, option % 2 == 0))

    @precondition(lambda self: self.play.conversation.dossier)
    @rule(seed=st.integers(0, 1000))
    def any_question_can_be_reached(self, seed: int) -> None:
        if not self.play.conversation.consented:
            return
        question = random.Random(seed).choice(QUESTIONS)
        self.act(c.QuestionOpened(question))
        place = self.play.place
        assert isinstance(place, c.At)
        assert flow().root(place.question) == flow().root(question)

    @invariant()
    def something_useful_is_said(self) -> None:
        reply = self.play.reply
        assert reply.text or reply.toast or reply.wanted
        assert len(reply.text) <= 4096
        assert len(reply.toast) <= 200
        assert not reply.text or reply.rows, reply.text

    @invariant()
    def every_button_can_be_pressed(self) -> None:
        buttons = [b for row in self.play.reply.rows for b in row]
        assert len(buttons) <= 100
        for button in buttons:
            assert button.label.strip()
            data = encode(button.event)
            assert len(data.encode()) <= MOST_BYTES
            assert decode(data) == button.event

    @invariant()
    def what_nobody_met_is_asked_as_in_an_empty_dossier(self) -> None:
        now = self.play.conversation
        agenda = Agenda(flow(), now)
        of_steps = plans(flow())[now.rhythm is c.Rhythm.IN_DEPTH].values()
        for plan in (plan for of_step in of_steps for plan in of_step):
            if plan.reads.isdisjoint(agenda.met):
                assert tuple(agenda.planned(plan)) == plan.blank, plan.question

    @invariant()
    def no_word_is_lost(self) -> None:
        kept = "\n".join(answer.text for answer in self.play.conversation.answers.values())
        for words in self.words:
            assert words in kept, (words, kept)


AnyPerson.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
test_any_sequence_of_events = AnyPerson.TestCase
