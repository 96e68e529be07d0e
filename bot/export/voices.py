"""Who answered what in a dossier that several share, as data; never what one kept on its side."""

from collections.abc import Iterator, Sequence

from bot.domain import dossier
from bot.domain.conversation import Adoption, Attachment, Conversation, Role, Together, Voice
from bot.domain.flow import Flow
from bot.export.reading import GONE, Data


def circle(flow: Flow, conversation: Conversation) -> Data:
    """`members`, the owner first, where there are several; `voices`, that name them by their rank."""
    together = dossier.in_common(flow, conversation).together
    if together is None:
        return {"voices": {}}
    spoken = {
        question: (said, choice)
        for question in _ordered(flow, together)
        if not dossier.personal(flow, question)
        for said, choice in [(_said(together, question), _choice(together, question))]
        if (choice and choice.how) or not _plain(together, said)
    }
    authors = {one.author: one for said, choice in spoken.values() for one in said}
    authors |= {one.voice.author: one.voice for _, one in spoken.values() if one}
    members = sorted(together.members, key=lambda one: one.role is not Role.OWNER)
    here = {one.id for one in members}
    gone = [one for one in authors.values() if one.author not in here]
    ranks = {
        one: rank
        for rank, one in enumerate((*[m.id for m in members], *[g.author for g in gone]), 1)
    }
    return {
        "members": [
            *(
                {
                    "side": one.side,
                    "role": one.role.value,
                    **({"name": one.name} if one.name and one.id in authors else {}),
                }
                for one in members
            ),
            *({"side": one.side, "role": GONE} for one in gone),
        ],
        "voices": {
            question: _block(flow, together, question, said, choice, ranks)
            for question, (said, choice) in spoken.items()
        },
    }


def attachment(one: Attachment) -> Data:
    told: Data = {"place": list(one.place)} if one.place else {}
    if one.shown:
        told["shown"] = True
    if one.caption:
        told["caption"] = one.caption
    return {"kind": one.kind, "name": one.name, "size": one.size, **told}


def _ordered(flow: Flow, together: Together) -> Iterator[str]:
    spoken = dict.fromkeys((*together.voices, *together.adopted))
    yield from (one for one in flow.questions if one in spoken)
    yield from (one for one in spoken if one not in flow.questions)


def _said(together: Together, question: str) -> tuple[Voice, ...]:
    """What every member may read, passes included, the home side first."""
    said = [
        one
        for one in together.voices.get(question, ())
        if not one.private and (one.heard or (one.answer.skipped and not one.hidden))
    ]
    return tuple(sorted(said, key=lambda one: (one.side != dossier.HOME, one.number)))


def _choice(together: Together, question: str) -> Adoption | None:
    found = together.adopted.get(question)
    return found if found and found.voice.heard and not found.voice.private else None


def _plain(together: Together, said: Sequence[Voice]) -> bool:
    """Whether nobody but the owner spoke, for the home side: `answers` says it all."""
    owner = next((one.id for one in together.members if one.role is Role.OWNER), together.me.id)
    return all((one.author, one.side) == (owner, dossier.HOME) for one in said)


def _block(
    flow: Flow,
    together: Together,
    question: str,
    said: Sequence[Voice],
    choice: Adoption | None,
    ranks: dict[int, int],
) -> Data:
    """`adopted`: "" while the group has to choose, or to choose again; `choice` then keeps how it did."""
    after = choice.after if choice else 0
    settled = after and not dossier.undecided(flow, together, question)
    found: Data = {"adopted": choice.how if choice and settled else ""}
    if choice:
        found["choice"] = {"how": choice.how, "author": ranks[choice.voice.author]}
        if choice.how == "open":  # retains nothing: its words are not among the answers
            found["choice"] |= _words(choice.voice)
    found["said"] = [
        {**_voice(one, ranks), **({"later": True} if after and one.number > after else {})}
        for one in said
    ]
    return found


def _voice(one: Voice, ranks: dict[int, int]) -> Data:
    return {
        "side": one.side,
        "role": one.role.value if one.role else GONE,
        **({"name": one.name} if one.name else {}),
        "author": ranks[one.author],
        **_words(one),
        **({"skipped": True} if one.answer.skipped else {}),
    }


def _words(one: Voice) -> Data:
    files = [attachment(each) for each in one.answer.attachments]
    return {
        "options": list(one.answer.options),
        "text": one.answer.text,
        **({"attachments": files} if files else {}),
    }
