"""What two territories said to the same questions, each in its own voice (method.md §3.3, 15)."""

from collections.abc import Iterator

from bot.domain import dossier
from bot.domain.conversation import Answer, Together
from bot.domain.conversation import Voice as Spoken
from bot.domain.sheet.answers import Answers
from bot.domain.sheet.clean import line, paragraphs
from bot.domain.sheet.model import Said, Settled, SideSaid, Voice, Voices


def voices(answers: Answers, together: Together, places: tuple[str, str]) -> Iterator[Voices]:
    """The questions that both sides answered, or whose answers wait for a choice, or that the other side
    alone answered; what a side keeps to itself is nowhere. `places`: the home side's first."""
    flow = answers.flow
    for question in flow.questions.values():
        said = dossier.common(together, question.id) if _told(answers, question.id) else ()
        sides = tuple(
            SideSaid(
                place, tuple(_voice(answers, question.id, one) for one in said if one.side == side)
            )
            for side, place in zip(dossier.SIDES, places, strict=True)
        )
        alone = said and dossier.retained_voice(flow, together, question.id) is None
        undecided = said and dossier.undecided(flow, together, question.id)
        both = dossier.each_side(flow, question.id) and all(one.voices for one in sides)
        if both or undecided or alone:
            how, retained = _settled(answers, together, question.id)
            label = answers.wording.text(question.sheet or question.title or question.ask)
            yield Voices(question.id, label, sides, how, retained)


def _told(answers: Answers, question: str) -> bool:
    """Not what each member represents, nor an annex left out."""
    step = answers.flow.step_of.get(question)
    left_out = step is not None and step.annex and question not in answers.wording.answers
    return not left_out and not dossier.personal(answers.flow, question)


def _settled(answers: Answers, together: Together, question: str) -> tuple[Settled, Said]:
    adoption = together.adopted.get(question)
    if dossier.undecided(answers.flow, together, question):
        return "undecided", Said()
    if adoption is None or not adoption.how:
        return "", Said()
    if adoption.how == "open":
        return "open", Said()
    retained = dossier.retained_voice(answers.flow, together, question)
    return adoption.how, _said(answers, question, retained.answer) if retained else Said()


def _voice(answers: Answers, question: str, spoken: Spoken) -> Voice:
    said = _said(answers, question, spoken.answer)
    return Voice(said, spoken.role.value if spoken.role else "gone", line(spoken.name))


def _said(answers: Answers, question: str, answer: Answer) -> Said:
    return Said(answers.chosen(question, answer), paragraphs(answer.text))
