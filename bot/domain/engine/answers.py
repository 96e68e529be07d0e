"""What a person gives to a question: options, words, files, a correction, a skip. Nothing is dropped."""

from dataclasses import replace

from bot.domain import amounts, answering
from bot.domain.conversation import (
    Answer,
    Ask,
    At,
    AttachmentGiven,
    Fragment,
    OptionChosen,
    Pace,
    Rhythm,
    Say,
    Show,
    TextGiven,
    Toast,
)
from bot.domain.engine import moving, photos, points, sharing, templates
from bot.domain.engine.turn import Turn
from bot.domain.flow import Cell, Question
from bot.domain.photos import is_photo
from bot.domain.wording import Wording

MINUTE = 60.0


def current(turn: Turn, question: str, revision: int) -> bool:
    """Whether a button belongs to the card shown; otherwise say so, once."""
    conversation = turn.conversation
    place = conversation.place
    if isinstance(place, At) and (place.question, conversation.revision) == (
        question,
        revision,
    ):
        return True
    if (
        revision == conversation.revision - 1
        and conversation.trail[-1:]
        and (conversation.trail[-1].question == question)
    ):
        turn.effects.append(Toast("already_noted"))  # the second tap of a double tap
    else:
        stale(turn, question)
    return False


def stale(turn: Turn, question: str) -> None:
    turn.effects.append(Toast("stale"))
    if question in turn.flow.questions:
        turn.effects.append(Show("stale", question))
    else:
        turn.effects.append(Ask())


def option(turn: Turn, event: OptionChosen) -> None:
    question = turn.flow.questions.get(event.question)
    if not question or event.option >= len(question.options):
        turn.effects += [Toast("stale"), Ask()]
        return
    slug = question.options[event.option].id
    answer = turn.answer(question.id)
    place, card = turn.conversation.place, (event.question, event.revision)
    if not isinstance(place, At) or (place.question, turn.conversation.revision) != card:
        if (slug in answer.options) == event.on:
            turn.effects.append(Toast("already_noted"))
        else:
            stale(turn, question.id)
        return
    if question.choose == "many" and (slug in answer.options) == event.on:
        turn.effects.append(Toast("already_noted"))
        return
    turn.record(question.id, answering.with_option(question, answer, slug, event.on))
    if question.choose == "one":
        move_past(turn, question)
    else:
        turn.become(noted="")
        turn.effects.append(Ask())


def move_past(turn: Turn, question: Question, *, fresh: bool = False) -> None:
    turn.become(noted=question.id)
    sharing.tell_voices(turn, question.id)
    moving.advance(turn)
    if not any(isinstance(effect, Ask) for effect in turn.effects):
        turn.effects.append(Ask(fresh=fresh))


def carry_on(turn: Turn) -> None:
    place = turn.conversation.place
    if not isinstance(place, At):
        return
    if place.telling:
        turn.become(told=turn.conversation.told | {place.question})
    elif not turn.answer(place.question).given:
        skip(turn)
        return
    move_past(turn, turn.flow.questions[place.question])


def skip(turn: Turn) -> None:
    place = turn.conversation.place
    if not isinstance(place, At):
        return
    if place.telling:
        turn.become(told=turn.conversation.told | {place.question})
    elif not turn.answer(place.question).given:
        turn.record(place.question, Answer(skipped=True))
    turn.become(noted="")
    moving.advance(turn)
    turn.effects.append(Ask())


def leave_row(turn: Turn) -> None:
    """The cells of the row that have no answer are skipped, one and all."""
    place = turn.conversation.place
    cell = turn.flow.questions.get(place.question) if isinstance(place, At) else None
    if not isinstance(cell, Cell):
        turn.effects.append(Ask())
        return
    agenda = turn.agenda()
    for one in turn.flow.questions[turn.flow.parents[cell.id]].details:
        same = isinstance(one, Cell) and one.row == cell.row and agenda.asked(one.id)
        if same and not agenda.settled(At(one.id)):
            turn.record(one.id, Answer(skipped=True))
    turn.become(noted="")
    moving.advance(turn, whole_row=True)
    turn.effects.append(Ask())


def take_proposal(turn: Turn) -> None:
    place = turn.conversation.place
    cell = turn.flow.questions.get(place.question) if isinstance(place, At) else None
    if not isinstance(cell, Cell) or not cell.proposal:
        turn.effects.append(Ask())
        return
    words = Wording(turn.flow, turn.conversation.answers).text(cell.proposal)
    turn.record(cell.id, answering.with_line(turn.answer(cell.id), Fragment(words)))
    move_past(turn, cell)


def text(turn: Turn, event: TextGiven) -> None:
    if too_fast(turn) or too_long(turn, event.text):
        return
    if templates.awaited(turn):
        turn.become(awaiting="")  # words are an answer: only a document is a template
    elif photos.awaits_caption(turn):
        if not event.reply_to and photos.describe(turn, event.text):
            return
    elif turn.conversation.awaiting == sharing.NAMING and not event.reply_to:
        sharing.name(turn, event.text)
        return
    elif turn.conversation.awaiting.startswith(sharing.WRITING) and not event.reply_to:
        sharing.adopt_text(turn, event.text, event.message)
        return
    elif turn.conversation.awaiting and not event.reply_to:
        points.describe_handling(turn, event.text)
        return
    place = turn.conversation.place
    fragment = Fragment(event.text, event.message)
    if event.reply_to in turn.flow.questions and place != At(event.reply_to):
        complete(turn, event.reply_to, fragment)
    elif isinstance(place, At) and place.question in turn.flow.questions:
        join(turn, place, fragment)
    else:
        place_text(turn, fragment)


def join(turn: Turn, place: At, fragment: Fragment) -> None:
    """Words given on a card: an option named, a line, or one more message of the answer."""
    question = turn.flow.questions[place.question]
    answer = turn.answer(question.id)
    if question.choose and not place.telling and (slug := named(turn, question, fragment.text)):
        chosen = question.choose == "one" or slug not in answer.options
        turn.record(question.id, answering.with_option(question, answer, slug, chosen))
        if question.choose == "one":
            move_past(turn, question, fresh=True)
        else:
            turn.effects.append(Ask(fresh=True))
    elif question.kind == "line":
        turn.record(question.id, answering.with_line(answer, fragment))
        if question.limit and len(fragment.text) > question.limit:
            turn.effects.append(
                Say("too_long_line", {"count": len(fragment.text), "limit": question.limit})
            )
        if isinstance(question, Cell) and question.amount and not amounts.read(fragment.text):
            turn.effects.append(Say("amount_unread"))
        move_past(turn, question, fresh=True)
    else:
        turn.record(question.id, answering.with_text(answer, fragment))
        turn.become(joined=(*turn.conversation.joined, fragment.message))
        turn.effects.append(Ask(fresh=True))


def named(turn: Turn, question: Question, text: str) -> str:
    wording = Wording(turn.flow, turn.conversation.answers)
    labels = {one.id: wording.label(question, one) for one in question.options}
    return answering.named_option(question, text, labels)


def complete(turn: Turn, question: str, fragment: Fragment) -> None:
    """A reply to a card completes the question that it shows; a line is replaced."""
    answer, asked = turn.answer(question), turn.flow.questions[question]
    line = asked.kind == "line" and not asked.choose
    if asked.choose and (slug := named(turn, asked, fragment.text)):
        changed = answering.with_option(asked, answer, slug, True)
    else:
        changed = (answering.with_line if line else answering.with_text)(answer, fragment)
    turn.record(question, changed)
    turn.effects += [
        Say("replaced" if line else "completed", {"question": question}),
        Ask(fresh=True),
    ]


def place_text(turn: Turn, fragment: Fragment) -> None:
    """Words given where no question is shown join the last one answered, or open the first."""
    last = last_question(turn)
    if last:
        turn.record(last, answering.with_text(turn.answer(last), fragment))
        turn.effects += [Say("joined_last", {"question": last}), Ask(fresh=True)]
        return
    if turn.conversation.rhythm is None:
        turn.become(rhythm=moving.offered(turn, Rhythm.FIRST_PAGE))
    agenda = turn.agenda()
    walk = agenda.walk()
    moving.go(turn, (*agenda.pending(walk), *walk)[0])
    if isinstance(turn.conversation.place, At):
        join(turn, turn.conversation.place, fragment)


def last_question(turn: Turn) -> str:
    """The question answered last that can hold more words."""
    walked = reversed(
        (
            *moving.known_trail(turn),
            *([At(turn.conversation.noted)] if turn.conversation.noted else []),
        )
    )
    return next(
        (
            one.question
            for one in walked
            if one.question in turn.flow.questions
            and turn.flow.questions[one.question].kind != "line"
            and turn.answer(one.question).given
        ),
        "",
    )


def attachment(turn: Turn, event: AttachmentGiven) -> None:
    if too_fast(turn) or too_long(turn, event.caption):
        return
    limits, file = turn.conversation.limits, event.attachment
    if templates.awaited(turn) and file.kind == "document":
        templates.announced(turn, file)
        return
    if file.size > limits.one_attachment_bytes:
        turn.effects += [Say("file_too_big", {"limit": limits.one_attachment_bytes // 1_000_000})]
        turn.effects.append(Ask(fresh=True))
        return
    if turn.conversation.attachment_bytes + file.size > limits.attachment_bytes:
        turn.effects += [Say("files_full", {"limit": limits.attachment_bytes // 1_000_000})]
        turn.effects.append(Ask(fresh=True))
        return
    place = turn.conversation.place
    here = place.question if isinstance(place, At) else last_question(turn)
    target = event.reply_to if event.reply_to in turn.flow.questions else here
    if target not in turn.flow.questions:
        turn.effects += [Say("file_without_question"), Ask(fresh=True)]
        return
    answer = answering.with_attachment(turn.answer(target), file)
    if event.caption:
        answer = answering.with_text(answer, Fragment(event.caption, file.message))
    turn.record(target, answer)
    turn.become(attachment_bytes=turn.conversation.attachment_bytes + file.size)
    said = "voice_kept" if file.kind in ("voice", "audio") else "file_kept"
    kind = "photo" if is_photo(file) else file.kind
    turn.effects += [Say(said, {"question": target, "kind": kind}), Ask(fresh=True)]


def correct(turn: Turn, message: int, text: str) -> None:
    for question, answer in turn.conversation.answers.items():
        if turn.own(question) and any(one.message == message for one in answer.fragments):
            turn.record(question, answering.corrected(answer, message, text))
            turn.effects += [Say("corrected", {"question": question}), Ask(fresh=True)]
            return
    turn.effects += [Say("edit_unknown"), Ask(fresh=True)]


def move_text(turn: Turn, question: str) -> None:
    place = turn.conversation.place
    if (
        not isinstance(place, At)
        or question not in turn.flow.questions
        or not turn.conversation.joined
    ):
        turn.effects += [Toast("stale"), Ask()]
        return
    kept, moved = answering.split(turn.answer(place.question), turn.conversation.joined)
    target = turn.answer(question)
    for fragment in moved:
        target = answering.with_text(target, fragment)
    turn.record(place.question, kept)
    turn.record(question, target)
    turn.become(joined=())
    turn.effects += [Say("moved", {"question": question}), Ask()]


def clear_text(turn: Turn, question: str) -> None:
    if question not in turn.flow.questions:
        turn.effects += [Toast("question_gone"), Ask()]
        return
    turn.record(question, replace(turn.answer(question), fragments=()))
    turn.effects += [Say("text_cleared", {"question": question}), Ask()]


def too_fast(turn: Turn) -> bool:
    pace = turn.conversation.pace
    fresh = turn.at - pace.since >= MINUTE
    pace = Pace(turn.at, 1) if fresh else Pace(pace.since, pace.count + 1)
    turn.become(pace=pace)
    if pace.count <= turn.conversation.limits.messages_per_minute:
        return False
    turn.effects += [Say("too_fast"), Ask(fresh=True)]
    return True


def too_long(turn: Turn, text: str) -> bool:
    written = sum(len(answer.text) for answer in turn.conversation.answers.values())
    if written + len(text) <= turn.conversation.limits.text_length:
        return False
    turn.effects += [Say("dossier_full"), Ask(fresh=True)]
    return True
