"""A dossier that several people share: what each may do, sees and walks with, and what it retains.

The table `MAY` is the only place where a permission is decided. Alone in a dossier, a person owns it,
sees everything, and what they answer is what it retains.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from enum import StrEnum

from bot.domain.conditions import Facts
from bot.domain.conversation import (
    Adoption,
    Answer,
    Conversation,
    Fragment,
    History,
    Member,
    Offer,
    Role,
    Side,
    Together,
    Voice,
)
from bot.domain.flow import Flow
from bot.domain.reading import chosen, facts

SIDES: tuple[Side, ...] = ("ici", "la_bas")
HOME: Side = "ici"  # the side whose answer is retained while nobody chose
MOST_MEMBERS = 60
LONGEST_NAME = 60
QUOTED = 20  # characters: a shorter text within another is chance
NO_ANSWER = Answer()


class Act(StrEnum):
    """What one may do to a dossier."""

    READ = "read"
    ANSWER = "answer"
    CHOOSE = "choose"
    PLAN = "plan"
    INVITE = "invite"
    GOVERN = "govern"
    DELETE = "delete"
    LEAVE = "leave"


EVERYONE = frozenset(Role)
WRITERS = frozenset({Role.OWNER, Role.CONTRIBUTOR})
OWNER = frozenset({Role.OWNER})

MAY: Mapping[Act, frozenset[Role]] = {
    Act.READ: EVERYONE,  # the questions, the sheet, the points, the voices that may be read
    Act.ANSWER: WRITERS,  # and correct, complete, restore one's own answers
    Act.CHOOSE: WRITERS,  # the adopted text: pick, write, leave open
    Act.PLAN: WRITERS,  # what becomes of a point of vigilance
    Act.INVITE: OWNER,  # and list and revoke invitations, take a member out
    Act.GOVERN: OWNER,  # blind answers, archives, closing, transfer
    Act.DELETE: OWNER,
    Act.LEAVE: frozenset({Role.CONTRIBUTOR, Role.READER}),  # an owner passes the dossier on first
}
WRITING = frozenset({Act.ANSWER, Act.CHOOSE, Act.PLAN})  # refused once it is closed


def may(together: Together | None, act: Act) -> bool:
    """Whether the person may do this to the dossier in hand."""
    if together is None:
        return act is not Act.LEAVE
    return together.me.role in MAY[act] and not (together.closed and act in WRITING)


def heir(member: Member) -> bool:
    """Whether a dossier can pass on to them."""
    return member.role is Role.CONTRIBUTOR and not member.brought


# --- questions ---------------------------------------------------------------------------------


def each_side(flow: Flow, question: str) -> bool:
    """Whether each side answers it in its own voice; a follow-up as its question."""
    found = flow.questions.get(question)
    if found is None:
        return False
    if found.perspective == "each_side":
        return True
    parent = flow.questions.get(flow.parents.get(question, ""))
    return bool(
        parent
        and parent.perspective == "each_side"
        and any(one.id == question for one in parent.follow_ups)
    )


def personal(flow: Flow, question: str) -> bool:
    """The one answer that is about whoever gives it: what they represent."""
    return question == flow.roles.role


def from_side(flow: Flow, question: str, side: Side) -> str:
    """A question as the dossier names it -> as that side does, and back: « our country » of one is
    « their country » of the other."""
    return question if side == HOME else flow.facing.get(question, question)


# --- what a member sees ------------------------------------------------------------------------


def seen(flow: Flow, conversation: Conversation) -> Conversation:
    """The conversation as its person may see it, with the answers that they walk with."""
    together = conversation.together
    if together is None:
        return conversation
    together = _blinded(flow, together)
    answers = {
        from_side(flow, question, together.me.side): answer
        for question, answer in walked(flow, together).items()
    }
    return conversation.becoming(
        together=together,
        answers=answers,
        history=_read_by(flow, together, conversation.history),
    )


def walked(flow: Flow, together: Together) -> dict[str, Answer]:
    """What the person walks with: their own answers, their side's, what the dossier retains."""
    questions = dict.fromkeys((*together.voices, *together.adopted))
    found = {question: _walked(flow, together, question) for question in questions}
    return {question: one.answer for question, one in found.items() if one}


def _walked(flow: Flow, together: Together, question: str) -> Voice | None:
    own = mine(together, question)
    if personal(flow, question):
        return own
    if each_side(flow, question):
        side = of_side(together, question, together.me.side)
        return _given(own) or _borrowed(together, side) or own
    adoption = together.adopted.get(question)
    if adoption and adoption.after and (own is None or own.number <= adoption.after):
        return _borrowed(together, adoption.voice)
    return _given(own) or _borrowed(together, retained_voice(flow, together, question)) or own


def _borrowed(together: Together, voice: Voice | None) -> Voice | None:
    """The words of another as one's own to go on from: without their messages' ids, nor their files."""
    if voice is None or voice.author == together.me.id:
        return voice
    fragments = tuple(Fragment(one.text) for one in voice.answer.fragments)
    return replace(voice, answer=replace(voice.answer, fragments=fragments, attachments=()))


def _given(voice: Voice | None) -> Voice | None:
    return voice if voice and voice.answer.given else None


def _blinded(flow: Flow, together: Together) -> Together:
    """Without what another side said to a question that mine has not answered yet."""
    if not together.blind:
        return together
    kept = {one for one in together.voices if waits_for_mine(flow, together, one)}
    voices = {
        question: tuple(_hidden(together, one) if question in kept else one for one in said)
        for question, said in together.voices.items()
    }
    adopted = {
        question: one
        for question, one in together.adopted.items()
        if question not in kept or one.after or one.voice.side == together.me.side
    }
    return replace(together, voices=voices, adopted=adopted)


def in_common(flow: Flow, conversation: Conversation) -> Conversation:
    """Without what one side may not read yet, whoever asks: what a version keeps, what is annexed."""
    together = conversation.together
    if together is None:
        return conversation
    me, sides = together.me, {one.side for one in together.members}
    for side in sides:
        together = _blinded(flow, replace(together, me=replace(me, side=side)))
    return replace(conversation, together=replace(together, me=me))


def _hidden(together: Together, voice: Voice) -> Voice:
    if voice.side == together.me.side:
        return voice
    return replace(voice, answer=NO_ANSWER, hidden=True)


def _read_by(flow: Flow, together: Together, history: History | None) -> History | None:
    if history is None or not together.blind:
        return history
    if not waits_for_mine(flow, together, history.question):
        return history
    side = together.me.side
    return replace(history, versions=tuple(one for one in history.versions if one.side == side))


# --- voices ------------------------------------------------------------------------------------


def mine(together: Together, question: str) -> Voice | None:
    said = together.voices.get(question, ())
    return next((one for one in said if one.author == together.me.id), None)


def of_side(together: Together, question: str, side: Side, *, common: bool = False) -> Voice | None:
    """What a side says to a question: its adopted answer, else the last that one of it gave.

    `common`: only what both sides may read.
    """
    adoption = together.adopted.get(question)
    if adoption and adoption.after and adoption.how == "picked" and adoption.voice.side == side:
        return adoption.voice
    said = [
        one
        for one in together.voices.get(question, ())
        if one.side == side and one.heard and not (common and one.private)
    ]
    return max(said, key=lambda one: one.number, default=None)


def others(together: Together, question: str) -> tuple[Voice, ...]:
    """What the other members answered, hidden ones included."""
    return tuple(
        one
        for one in together.voices.get(question, ())
        if one.author != together.me.id and (one.hidden or one.answer.given)
    )


def common(together: Together, question: str) -> tuple[Voice, ...]:
    """The answers that every member may read, the home side first."""
    said = [one for one in together.voices.get(question, ()) if one.heard and not one.private]
    return tuple(sorted(said, key=lambda one: (one.side != HOME, one.number)))


def echoes(together: Together, history: History) -> tuple[Voice, ...]:
    """Where my words may still be read by all once mine are for my side only: of each other member,
    the newest version that went on from them."""
    own = together.me.id
    mine = [one.answer for one in history.versions if one.author == own]
    said = {part.text.strip() for one in mine for part in one.fragments} - {""}
    others = (one for one in history.versions if one.author != own and not one.private)
    return tuple({one.author: one for one in others if _quotes(one.answer, said)}.values())


def _quotes(answer: Answer, said: Set[str]) -> bool:
    """Whether it has one of these texts, whole; a long one, within a text of its own too."""
    texts = {part.text.strip() for part in answer.fragments}
    long = (one for one in said if len(one) >= QUOTED)
    return bool(texts & said) or any(one in text for one in long for text in texts)


def waits_for_mine(flow: Flow, together: Together, question: str) -> bool:
    """Whether another side answered a question that mine has neither answered nor passed."""
    if not each_side(flow, question) or personal(flow, question):
        return False
    said, side = together.voices.get(question, ()), together.me.side
    passed = any(one.side == side for one in said)
    return not passed and any(one.side != side and (one.hidden or one.answer.given) for one in said)


def awaited(flow: Flow, together: Together) -> tuple[str, ...]:
    """« À vous »: the questions that wait for my side, in the order of the flow."""
    return tuple(one for one in flow.questions if waits_for_mine(flow, together, one))


def to_choose(flow: Flow, together: Together) -> tuple[str, ...]:
    """The questions with several answers and nobody's choice since, in the order of the flow."""
    return tuple(one for one in flow.questions if undecided(flow, together, one))


def undecided(flow: Flow, together: Together, question: str) -> bool:
    if personal(flow, question):
        return False
    said, adoption = common(together, question), together.adopted.get(question)
    if adoption and adoption.after:
        content = _content(adoption.voice)
        return any(one.number > adoption.after and _content(one) != content for one in said)
    return len({_content(one) for one in said}) > 1


def _content(voice: Voice) -> tuple[frozenset[str], str]:
    return frozenset(voice.answer.options), voice.answer.text


# --- what a dossier retains --------------------------------------------------------------------


def retained(flow: Flow, conversation: Conversation) -> Mapping[str, Answer]:
    """What rules, points and sheets read: the adopted answers, else those of the home side.

    Questions and territories are named as the dossier names them, whoever reads.
    """
    together = conversation.together
    if together is None:
        return conversation.answers
    questions = dict.fromkeys((*together.voices, *together.adopted))
    found = {question: _retained(flow, together, question) for question in questions}
    return {question: one.answer for question, one in found.items() if one}


def retained_voice(flow: Flow, together: Together, question: str) -> Voice | None:
    adoption = together.adopted.get(question)
    if adoption and adoption.how != "open" and adoption.voice.heard and not adoption.voice.private:
        return adoption.voice
    said = common(together, question)
    home = [one for one in said if one.side == HOME]
    anyone = () if each_side(flow, question) else said
    return max(home or anyone, key=lambda one: one.number, default=None)


def _retained(flow: Flow, together: Together, question: str) -> Voice | None:
    """Failing an answer, the pass of the home side: a question skipped is not one unmet."""
    passed = (
        one
        for one in together.voices.get(question, ())
        if one.side == HOME and one.answer.skipped and not one.hidden
    )
    return retained_voice(flow, together, question) or next(passed, None)


def printed(flow: Flow, conversation: Conversation) -> Mapping[str, Answer]:
    """Every word that documents may print, by question as the person calls it: what is retained,
    and every voice that is common."""
    together = conversation.together
    if together is None:
        return conversation.answers
    kept = retained(flow, conversation)
    found = {}
    for question in dict.fromkeys((*kept, *together.voices)):
        said = [kept.get(question, NO_ANSWER), *(one.answer for one in common(together, question))]
        fragments = dict.fromkeys(part for one in said for part in one.fragments)
        own = from_side(flow, question, together.me.side)
        found[own] = Answer(fragments=tuple(fragments))
    return found


def as_retained(flow: Flow, conversation: Conversation) -> Conversation:
    """The dossier as a document prints it, whoever asks for it."""
    if conversation.together is None:
        return conversation
    return replace(conversation, answers=retained(flow, conversation))


def read(flow: Flow, conversation: Conversation, *, complete: bool = False) -> Facts:
    """What rules read of a dossier: what it retains, and where its sides differ or say nothing."""
    together = conversation.together
    known = facts(flow, retained(flow, conversation), complete=complete)
    if together is None:
        return known
    return replace(
        known,
        differs=frozenset(_differing(flow, together)) & known.options.keys(),
        silent=frozenset(_silent(flow, together, complete)),
    )


def _differing(flow: Flow, together: Together) -> Iterator[str]:
    for question in together.voices:
        here = of_side(together, question, "ici", common=True)
        there = of_side(together, question, "la_bas", common=True)
        compared = each_side(flow, question) and not personal(flow, question)
        if compared and here and there and chosen(here.answer) != chosen(there.answer):
            yield question


def _silent(flow: Flow, together: Together, complete: bool) -> Iterator[str]:
    """Questions that one side answered and the other passed; once finished, passed or left."""
    if len({one.side for one in together.members}) < 2:
        return
    for question, said in together.voices.items():
        if not each_side(flow, question) or personal(flow, question):
            continue
        spoke = {one.side for one in said if one.heard and not one.private}
        passed = {one.side for one in said if one.answer.skipped and not one.private}
        quiet = set(SIDES) - spoke
        if len(spoke) == 1 and (complete or quiet <= passed):
            yield question


def own_answers(conversation: Conversation) -> Mapping[str, Answer]:
    """What the person wrote themself, and nobody else."""
    together = conversation.together
    if together is None:
        return conversation.answers
    said = ((question, mine(together, question)) for question in together.voices)
    return {question: voice.answer for question, voice in said if voice}


# --- what an act changes -----------------------------------------------------------------------


def stays_on_my_side(flow: Flow, together: Together, question: str) -> bool:
    """Whether what I answer next is for my side only: as my last answer, or as the one of my side
    that I go on from."""
    before = (mine(together, question), _walked(flow, together, question))
    return any(one and one.private for one in before)


def answered(
    flow: Flow, together: Together, question: str, answer: Answer, at: float, *, private: bool
) -> tuple[Together, bool]:
    """With my new answer; whether the dossier retains it at once, as nobody else has spoken."""
    me = together.me
    voice = Voice(together.last + 1, me.id, me.side, answer, at, me.role, me.name, private)
    adopts = _adopts(flow, together, question)
    said = [one for one in together.voices.get(question, ()) if one.author != me.id]
    adopted = dict(together.adopted)
    if adopts:
        adopted[question] = Adoption(voice)
    voices = {**together.voices, question: (*said, voice)}
    return replace(together, voices=voices, adopted=adopted, last=voice.number), adopts


def _adopts(flow: Flow, together: Together, question: str) -> bool:
    me, adoption = together.me, together.adopted.get(question)
    sided = each_side(flow, question)
    if me.side != HOME and (sided or personal(flow, question)):
        return False
    given = [one for one in others(together, question) if one.hidden or one.answer.given]
    if adoption and adoption.after:
        return not given
    if not any(one.side == HOME or not sided for one in given):
        return True
    return bool(adoption and adoption.voice.author == me.id)


def refusal(offer: Offer, at: float) -> str:
    """Why an invitation cannot be taken up; "" when it can."""
    if not offer.invitation:
        return "unknown"
    if offer.member:
        return "own" if offer.mine else "member"
    if offer.revoked:
        return "revoked"
    if offer.closed:
        return "closed"
    if offer.expires <= at:
        return "expired"
    if offer.single and offer.uses:
        return "used"
    return "crowded" if offer.members >= MOST_MEMBERS else ""
