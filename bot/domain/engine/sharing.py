"""A dossier shared: invited, joined, left; what its members retain of what they said."""

from dataclasses import replace

from bot.domain import dossier
from bot.domain.conversation import (
    Adopt,
    Adoption,
    AdoptText,
    Answer,
    Ask,
    BlindSet,
    CloseDossier,
    CreateInvitation,
    Fragment,
    InvitationMade,
    JoinDossier,
    KeepPrivate,
    MuteNotices,
    NameMember,
    Offer,
    OpenDossier,
    RecordConsent,
    RemindOf,
    RemoveMember,
    RevokeInvitation,
    Role,
    Say,
    SendCode,
    SetBlind,
    SetZone,
    Show,
    Toast,
    Together,
    TransferDossier,
    Voice,
)
from bot.domain.engine.turn import Turn

DAY = 86_400.0
DAYS = (1, 7, 30)  # how long an invitation may last
MOST_INVITATIONS = 30  # that stand at one time
LINK = "j_"  # how the payload of an invitation's link begins
NAMING, WRITING = "called", "adopt:"  # of `Conversation.awaiting`


# --- joining -----------------------------------------------------------------------------------


def open_link(turn: Turn) -> None:
    """A link was followed: what it leads to, or in one sentence why it does not."""
    offer = turn.conversation.offer or Offer()
    why = dossier.refusal(offer, turn.at)
    if not why:
        turn.effects.append(Show("offer", fresh=True))
    else:
        _not_joined(turn, offer, why, fresh=True)


def join(turn: Turn) -> None:
    """« Rejoindre »: the press is the consent."""
    offer = turn.conversation.offer or Offer()
    why = dossier.refusal(offer, turn.at)
    if not why and len(turn.conversation.dossiers) >= turn.conversation.limits.dossiers:
        why = "full"
    if why:
        _not_joined(turn, offer, why, fresh=False)
        return
    if not turn.conversation.consented:
        turn.effects.append(RecordConsent(True, turn.at))
        turn.become(consented=True)
    turn.effects += [
        JoinDossier(offer.invitation, turn.at),
        OpenDossier(offer.dossier),
        Say("joined", {"role": offer.role.value}),
        Ask(),
    ]


def _not_joined(turn: Turn, offer: Offer, why: str, *, fresh: bool) -> None:
    turn.effects.append(Say(f"offer_{why}"))
    if why in ("own", "member") and turn.conversation.consented:
        turn.effects.append(Show("project", str(offer.dossier), fresh=fresh))
    else:
        _elsewhere(turn, fresh=fresh)


def decline(turn: Turn) -> None:
    turn.effects.append(Say("declined"))
    _elsewhere(turn, fresh=False)


def _elsewhere(turn: Turn, *, fresh: bool) -> None:
    if not turn.conversation.consented:
        turn.effects.append(Show("welcome", fresh=fresh))
    elif turn.conversation.dossier is None:
        turn.effects.append(Show("projects", fresh=fresh))
    else:
        turn.effects.append(Ask(fresh=fresh))


# --- inviting and governing ----------------------------------------------------------------------


def invite(turn: Turn, event: InvitationMade) -> None:
    together = turn.conversation.together
    standing = len(together.invitations) if together else 0
    known = event.side in dossier.SIDES and event.role is not Role.OWNER and event.days in DAYS
    if not known or not event.token or standing >= MOST_INVITATIONS:
        turn.effects += [Toast("stale" if standing < MOST_INVITATIONS else "many_invitations")]
        turn.effects.append(Show("invite"))
        return
    expires = turn.at + event.days * DAY
    turn.effects += [
        CreateInvitation(event.token, event.side, event.role, event.single, turn.at, expires),
        Show("invitation"),
        SendCode(),
    ]


def revoke(turn: Turn, invitation: int) -> None:
    together = turn.conversation.together
    if together and any(one.id == invitation for one in together.invitations):
        left = tuple(one for one in together.invitations if one.id != invitation)
        turn.become(together=replace(together, invitations=left))
        turn.effects += [RevokeInvitation(invitation, turn.at), Toast("revoked")]
    else:
        turn.effects.append(Toast("stale"))
    turn.effects.append(Show("invite"))


def set_blind(turn: Turn, event: BlindSet) -> None:
    together = _shared(turn)
    if together:
        turn.become(together=replace(together, blind=event.on))
        turn.effects += [SetBlind(event.on), Toast("blind_on" if event.on else "blind_off")]
    turn.effects.append(Show("members"))


def close(turn: Turn, closed: bool) -> None:
    together = _shared(turn)
    if together:
        turn.become(together=replace(together, closed=closed))
        turn.effects += [CloseDossier(closed), Toast("closed" if closed else "reopened")]
    turn.effects.append(Show("members"))


def transfer(turn: Turn, member: int) -> None:
    """To a contributor; the owner becomes one."""
    together = _shared(turn)
    if together is None or not any(
        one.id == member and dossier.heir(one) for one in together.members
    ):
        turn.effects += [Toast("stale"), Show("members")]
        return
    roles = {member: Role.OWNER, together.me.id: Role.CONTRIBUTOR}
    turn.become(together=_with_roles(together, roles))
    turn.effects += [TransferDossier(member), Say("transferred"), Show("members")]


def _with_roles(together: Together, roles: dict[int, Role]) -> Together:
    members = tuple(replace(one, role=roles.get(one.id, one.role)) for one in together.members)
    me = next(one for one in members if one.id == together.me.id)
    return replace(together, me=me, members=members)


def remove(turn: Turn, member: int) -> None:
    """Out of the dossier; what they contributed stays, without a name."""
    together = _shared(turn)
    if together is None or _role(together, member) in (None, Role.OWNER):
        turn.effects += [Toast("stale"), Show("members")]
        return
    left = tuple(one for one in together.members if one.id != member)
    turn.become(together=replace(together, members=left))
    turn.effects += [RemoveMember(member, False), Toast("removed"), Show("members")]


def leave(turn: Turn, taking: bool) -> None:
    together = _shared(turn)
    if together is None:
        turn.effects.append(Ask())
        return
    turn.effects += [
        RemoveMember(together.me.id, taking),
        Say("left_taking" if taking else "left"),
        Show("projects"),
    ]


def _role(together: Together, member: int) -> Role | None:
    return next((one.role for one in together.members if one.id == member), None)


def _shared(turn: Turn) -> Together | None:
    return turn.conversation.together


# --- how one is named, what one is told ------------------------------------------------------------


def ask_name(turn: Turn) -> None:
    turn.become(awaiting=NAMING)
    turn.effects.append(Show("naming"))


def name(turn: Turn, text: str) -> None:
    """How the person agrees to be named in this dossier; "" takes it back."""
    turn.become(awaiting="")
    said = " ".join(text.split())[: dossier.LONGEST_NAME]
    if together := _shared(turn):
        me = replace(together.me, name=said)
        members = tuple(me if one.id == me.id else one for one in together.members)
        turn.become(together=replace(together, me=me, members=members))
        turn.effects += [NameMember(said), Say("named" if said else "unnamed", {"name": said})]
    turn.effects.append(Show("members", fresh=bool(said)))


def set_notices(turn: Turn, on: bool) -> None:
    if together := _shared(turn):
        turn.become(together=replace(together, muted=not on))
        turn.effects += [MuteNotices(not on), Toast("notices_on" if on else "notices_off")]
    turn.effects.append(Show("members"))


def set_reminders(turn: Turn, on: bool) -> None:
    turn.become(reminded=on)
    turn.effects += [RemindOf(on), Toast("reminders_on" if on else "reminders_off"), Show("pause")]


def set_zone(turn: Turn, zone: str) -> None:
    turn.become(zone=zone)
    turn.effects += [SetZone(zone), Toast("zone_set"), Show("members")]


# --- what is retained ------------------------------------------------------------------------------


def retain(turn: Turn, question: str, contribution: int) -> None:
    """Pick one of the answers that every member may read."""
    together = _shared(turn)
    said = dossier.common(together, question) if together else ()
    voice = next((one for one in said if one.number == contribution), None)
    if together is None or voice is None:
        turn.effects += [Toast("voice_gone"), Show("voices", question)]
        return
    _adopt(turn, together, question, Adoption(voice, "picked", together.last))
    turn.effects += [Toast("retained"), Show("voices", question)]


def leave_open(turn: Turn, question: str) -> None:
    together = _shared(turn)
    said = dossier.common(together, question) if together else ()
    if together is None or not said:
        turn.effects += [Toast("voice_gone"), Show("voices", question)]
        return
    _adopt(turn, together, question, Adoption(said[0], "open", together.last))
    turn.effects += [Toast("left_open"), Show("voices", question)]


def _adopt(turn: Turn, together: Together, question: str, adoption: Adoption) -> None:
    adopted = {**together.adopted, question: adoption}
    turn.become(together=replace(together, adopted=adopted))
    turn.effects.append(Adopt(question, adoption.voice.number, adoption.how, turn.at))
    _walk_again(turn)


def ask_text(turn: Turn, question: str) -> None:
    """« Écrire »: the next words are the adopted text."""
    if _shared(turn) is None or question not in turn.flow.questions:
        turn.effects += [Toast("stale"), Ask()]
        return
    turn.become(awaiting=WRITING + question)
    turn.effects.append(Show("adopt", question))


def adopt_text(turn: Turn, text: str, message: int) -> None:
    """A contribution of whoever writes it, but no voice of theirs; it keeps the options on which
    all agree, so that rules go on reading them."""
    question = turn.conversation.awaiting.removeprefix(WRITING)
    together = _shared(turn)
    turn.become(awaiting="")
    if together is None or question not in turn.flow.questions:
        turn.effects.append(Ask(fresh=True))
        return
    chosen = [one.answer.options for one in dossier.common(together, question)]
    agreed = chosen[0] if chosen and all(one == chosen[0] for one in chosen) else ()
    answer = Answer(agreed, (Fragment(text, message),))
    me, number = together.me, together.last + 1
    voice = Voice(number, me.id, me.side, answer, turn.at, me.role, me.name)
    adopted = {**together.adopted, question: Adoption(voice, "written", number)}
    turn.become(together=replace(together, adopted=adopted, last=number))
    turn.effects += [
        AdoptText(question, answer, turn.at),
        Say("adopted", {"question": dossier.from_side(turn.flow, question, me.side)}),
        Show("voices", question, fresh=True),
    ]
    _walk_again(turn)


def keep_private(turn: Turn, question: str, private: bool) -> None:
    """« Visible par mon côté seulement »: what I say of the other side, in each side's questions."""
    together = _shared(turn)
    own = dossier.mine(together, question) if together else None
    if together is None or own is None or not dossier.each_side(turn.flow, question):
        turn.effects += [Toast("stale"), Ask()]
        return
    said = tuple(
        replace(one, private=private) if one.author == together.me.id else one
        for one in together.voices[question]
    )
    turn.become(together=replace(together, voices={**together.voices, question: said}))
    turn.effects += [
        KeepPrivate(question, private),
        Toast("private_on" if private else "private_off"),
        Show("voices", question),
    ]


def restore(turn: Turn, question: str, contribution: int) -> None:
    """A version becomes a new answer of whoever restores it, for their side only if it was: nothing
    is taken away."""
    history = turn.conversation.history
    found = [one for one in history.versions if one.number == contribution] if history else []
    if not found or question not in turn.flow.questions:
        turn.effects += [Toast("voice_gone"), Ask()]
        return
    together = _shared(turn)
    own = dossier.from_side(turn.flow, question, together.me.side) if together else question
    turn.become(revision=turn.conversation.revision + 1)  # a visit of its own
    turn.record(own, found[0].answer, private=found[0].private)
    turn.effects += [Say("restored", {"question": own}), Ask()]


def _walk_again(turn: Turn) -> None:
    """What the person walks with follows what was retained."""
    turn.conversation = dossier.seen(turn.flow, turn.conversation)


def tell_voices(turn: Turn, question: str) -> None:
    """After an answer: the other side has spoken too, both can be read."""
    together = _shared(turn)
    if together is None or not dossier.each_side(turn.flow, question):
        return
    other = any(one.side != together.me.side for one in dossier.others(together, question))
    if other and not dossier.personal(turn.flow, question):
        turn.effects.append(Say("both_spoke", {"question": question}))
