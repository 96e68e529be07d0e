"""A dossier that several people share: its members, invitations, voices, history."""

from bot.domain import dossier
from bot.domain.conversation import (
    BlindSet,
    DossierClosed,
    DossierTransferred,
    InvitationAccepted,
    InvitationDeclined,
    InvitationMade,
    InvitationRevoked,
    Member,
    MemberLeft,
    MemberRemoved,
    NameWithdrawn,
    NoticesSet,
    Offer,
    PanelOpened,
    QuestionLeftOpen,
    QuestionOpened,
    Role,
    Side,
    Together,
    VersionRestored,
    Voice,
    VoiceKept,
    VoiceRetained,
    ZoneSet,
)
from bot.domain.dossier import Act, heir
from bot.domain.engine.sharing import DAYS
from bot.domain.wording import Wording
from bot.render import zones
from bot.render.cards import resume_row
from bot.render.panels.rows import grid
from bot.render.reply import Body, Button, Rows
from bot.render.view import View, long_date
from bot.render.words import excerpt, shorten

LONGEST_LABEL = 40
LONGEST_VOICE = 500
MOST_VERSIONS = 8
INVITED = (Role.CONTRIBUTOR, Role.READER)


# --- joining -----------------------------------------------------------------------------------


def offer(view: View, _: str) -> Body:
    """What one joins, who sees what; « Rejoindre » is the consent."""
    word, found = view.words.word, view.conversation.offer
    if not view.invited or found is None or not found.invitation:
        return Body(view.words.page("offer_gone"))
    text = view.words.page("offer", **_offered(view, found), consented=view.conversation.consented)
    return Body(
        text,
        (
            (Button(word("join"), InvitationAccepted(view.invited)),),
            (
                Button(word("decline"), InvitationDeclined()),
                Button(word("privacy"), PanelOpened("privacy")),
            ),
        ),
    )


def _offered(view: View, found: Offer) -> dict[str, object]:
    flow = view.flows.flow(found.flow, view.conversation.language)
    wording, roles = Wording(flow, found.answers), flow.roles
    ours, other = (wording.here, wording.there)
    mine = ours if found.side == dossier.HOME else other
    named = found.answers.get(roles.name)
    return {
        "name": shorten(" ".join(named.text.split()), 80) if named else "",
        "territories": [one.name for one in (ours, other) if one],
        "side": mine.name if mine else "",
        "role": found.role.value,
    }


# --- inviting ----------------------------------------------------------------------------------


def invite(view: View, argument: str) -> Body:
    """Whom: a side and a role; then for how many and for how long."""
    word, together = view.words.word, view.conversation.together
    side, _, role = argument.partition(":")
    if side in dossier.SIDES and role in INVITED:
        return _how_long(view, side, Role(role))
    standing = together.invitations if together else ()
    text = view.words.page(
        "invite",
        invitations=[
            {
                "side": view.place(one.side),
                "role": one.role.value,
                "single": one.single,
                "uses": one.uses,
                "until": long_date(one.expires, view.words.language),
            }
            for one in standing
        ],
        alone=view.wording.alone,
    )
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                word(f"invite_{one}", name=shorten(view.place(where), 22)),
                PanelOpened("invite", f"{where}:{one}"),
            ),
        )
        for where in _sides(view)
        for one in INVITED
    ]
    rows += [
        (Button(word("revoke", number=number), InvitationRevoked(one.id)),)
        for number, one in enumerate(standing, 1)
    ]
    return Body(text, (*rows, (Button(word("members"), PanelOpened("members")),), resume_row(view)))


def _sides(view: View) -> tuple[Side, ...]:
    """The other territory first: its voice is what is missing."""
    return ("ici",) if view.wording.alone else ("la_bas", "ici")


def _how_long(view: View, side: str, role: Role) -> Body:
    word = view.words.word
    where: Side = "la_bas" if side == "la_bas" else "ici"
    rows = [
        tuple(
            Button(word(f"for_{who}", days=days), InvitationMade(where, role, who == "one", days))
            for who in ("one", "group")
        )
        for days in DAYS
    ]
    text = view.words.page("invite_for", side=view.place(where), role=role.value)
    return Body(text, (*rows, (Button(word("back"), PanelOpened("invite")),)))


def invitation(view: View, _: str) -> Body:
    """The link, said once: nobody can find it again, another can be made."""
    word = view.words.word
    back = (Button(word("invitations"), PanelOpened("invite")),)
    if not view.address:
        return Body(view.words.page("invitation_gone"), (back, resume_row(view)))
    text = view.words.page("invitation", link=view.address, name=view.project_name)
    return Body(text, (back, resume_row(view)))


# --- members -----------------------------------------------------------------------------------


def members(view: View, _: str) -> Body:
    word, together = view.words.word, view.conversation.together
    asked = (Button(word("invite"), PanelOpened("invite")),)
    if together is None:
        return Body(view.words.page("alone"), (asked, resume_row(view)))
    yours = dossier.awaited(view.flow, together)
    choices = dossier.to_choose(view.flow, together)
    text = view.words.page(
        "members",
        name=view.project_name,
        sides=[
            {
                "name": view.place(side),
                "members": [_told(view, together, one) for one in of_side],
            }
            for side in dossier.SIDES
            if (of_side := [one for one in together.members if one.side == side])
        ],
        yours=[view.called(view.own(one)) for one in yours],
        choices=[view.called(view.own(one)) for one in choices],
        blind=together.blind,
        closed=together.closed,
        muted=together.muted,
    )
    rows: list[tuple[Button, ...]] = []
    if view.may(Act.ANSWER):
        rows += _waiting(view, yours, choices)
    if view.may(Act.INVITE):
        rows.append(asked)
        rows.append((Button(word("people"), PanelOpened("people")),))
    rows.append(
        (
            Button(
                word("notices_on" if together.muted else "notices_off"), NoticesSet(together.muted)
            ),
            Button(word("hours"), PanelOpened("hours")),
        )
    )
    rows.append((Button(word("naming"), PanelOpened("naming")),))
    return Body(text, (*rows, *_governing(view, together), resume_row(view)))


def _waiting(view: View, yours: tuple[str, ...], choices: tuple[str, ...]) -> Rows:
    word = view.words.word
    to_answer = [
        Button(word("yours", name=shorten(view.name(own), 24)), QuestionOpened(own))
        for own in (view.own(one) for one in yours)
    ]
    to_choose = [
        Button(
            word("choose", name=shorten(view.name(view.own(one)), 24)), PanelOpened("voices", one)
        )
        for one in choices
    ]
    return grid([*to_answer, *to_choose], 2)


def _governing(view: View, together: Together) -> Rows:
    word = view.words.word
    if not view.may(Act.GOVERN):
        leave = (Button(word("leave"), PanelOpened("leave")),)
        return (leave,) if view.may(Act.LEAVE) else ()
    return (
        (
            Button(
                word("blind_off" if together.blind else "blind_on"), BlindSet(not together.blind)
            ),
        ),
        (
            Button(
                word("reopen" if together.closed else "close"), DossierClosed(not together.closed)
            ),
        ),
    )


def _told(view: View, together: Together, one: Member) -> dict[str, object]:
    me = one.id == together.me.id
    return {"role": one.role.value, "name": one.name, "me": me, "brought": one.brought}


def people(view: View, _: str) -> Body:
    """The other members, for the owner: by role and side, numbered in the order they came."""
    word, together = view.words.word, view.conversation.together
    others = [one for one in together.members if one.id != together.me.id] if together else []
    rows = [
        (
            Button(
                shorten(f"{number}. {view.who(one)}", LONGEST_LABEL),
                PanelOpened("member", str(one.id)),
            ),
        )
        for number, one in enumerate(others, 1)
    ]
    back = (Button(word("members"), PanelOpened("members")),)
    return Body(view.words.page("people", count=len(others)), (*rows, back, resume_row(view)))


def member(view: View, argument: str) -> Body:
    word, together = view.words.word, view.conversation.together
    known = together.members if together else ()
    found = next((one for one in known if str(one.id) == argument), None)
    if together is None or found is None or found.id == together.me.id:
        return people(view, "")
    rows: list[tuple[Button, ...]] = []
    if view.may(Act.GOVERN) and heir(found):
        rows.append((Button(word("transfer"), DossierTransferred(found.id)),))
    if view.may(Act.INVITE):
        rows.append((Button(word("remove"), MemberRemoved(found.id)),))
    back = (Button(word("people"), PanelOpened("people")),)
    text = view.words.page(
        "member",
        who=view.who(found),
        heir=heir(found),
        brought=found.brought,
        link=any(not one.single for one in together.invitations),
    )
    return Body(text, (*rows, back, resume_row(view)))


def naming(view: View, _: str) -> Body:
    word, together = view.words.word, view.conversation.together
    if together is None:
        return members(view, "")
    text = view.words.page("naming", name=together.me.name, who=view.who(together.me))
    unnamed = ((Button(word("stay_unnamed"), NameWithdrawn()),),) if together.me.name else ()
    return Body(
        text, (*unnamed, (Button(word("members"), PanelOpened("members")),), resume_row(view))
    )


def hours(view: View, _: str) -> Body:
    """When nobody is told anything: which zone one's nights are of."""
    rows = [
        (Button(zones.city(one), ZoneSet(one)),)
        for one in zones.offered(view)
        if one != zones.zone_of(view)
    ]
    text = view.words.page("hours", city=zones.city(zones.zone_of(view)))
    back = (Button(view.words.word("members"), PanelOpened("members")),)
    return Body(text, (*rows, back, resume_row(view)))


def leave(view: View, _: str) -> Body:
    word = view.words.word
    if not view.may(Act.LEAVE):
        return members(view, "")
    return Body(
        view.words.page("leave", name=view.project_name),
        (
            (Button(word("stay"), PanelOpened("members")),),
            (Button(word("leave_answers"), MemberLeft(False)),),
            (Button(word("take_answers"), MemberLeft(True)),),
        ),
    )


# --- voices --------------------------------------------------------------------------------------


def voices(view: View, argument: str) -> Body:
    """What each side said to a question (as the dossier names it), and what is retained of it."""
    together, own = view.conversation.together, view.own(argument)
    asked = view.flow.questions.get(own)
    if together is None or asked is None:
        return members(view, "")
    adoption = together.adopted.get(argument)
    retained = dossier.retained_voice(view.flow, together, argument)
    text = view.words.page(
        "voices",
        q=view.called(own),
        ask=view.wording.ask(asked),
        sides=[
            {"at": view.place(side, "À {ici}"), "voices": said}
            for side in dossier.SIDES
            if (said := [_voice(view, own, one) for one in _of(together, argument, side)])
        ],
        undecided=dossier.undecided(view.flow, together, argument),
        how=adoption.how if adoption and adoption.after else "",
        retained=_voice(view, own, retained) if retained else None,
        mine=dossier.waits_for_mine(view.flow, together, argument),
        echoes=_echoes(view, together, argument),
    )
    return Body(text, (*_choices(view, together, argument), *_of_mine(view, together, argument)))


def _echoes(view: View, together: Together, question: str) -> list[str]:
    """Whose answers still say to all what I keep for my side."""
    own, history = dossier.mine(together, question), view.conversation.history
    if own is None or not own.private or history is None or history.question != question:
        return []
    return [view.who(one) for one in dossier.echoes(together, history)]


def _of(together: Together, question: str, side: Side) -> list[Voice]:
    said = together.voices.get(question, ())
    return [one for one in said if one.side == side and (one.hidden or one.answer.given)]


def _voice(view: View, question: str, voice: Voice) -> dict[str, object]:
    found = view.flow.questions[question]
    options = [view.wording.answer(found, one) for one in voice.answer.options]
    return {
        "who": view.who(voice),
        "day": long_date(voice.at, view.words.language) if voice.at else "",
        "options": [one for one in options if one],
        "text": excerpt(voice.answer.text, LONGEST_VOICE),
        "hidden": voice.hidden,
        "private": voice.private,
    }


def _choices(view: View, together: Together, question: str) -> Rows:
    """Pick, write, leave open: once there is something to choose."""
    word, said = view.words.word, dossier.common(together, question)
    if not view.may(Act.CHOOSE) or len(said) < 2:
        return ()
    pick = [
        (
            Button(
                shorten(word("retain", name=view.who(one)), LONGEST_LABEL),
                VoiceRetained(question, one.number),
            ),
        )
        for one in said
    ]
    return (
        *pick,
        (
            Button(word("write_text"), PanelOpened("adopt", question)),
            Button(word("leave_open"), QuestionLeftOpen(question)),
        ),
    )


def _of_mine(view: View, together: Together, question: str) -> Rows:
    word, own = view.words.word, view.own(question)
    rows: list[tuple[Button, ...]] = []
    if view.may(Act.ANSWER):
        said = dossier.mine(together, question)
        label = word("modify", name=shorten(view.called(own), 24))
        rows.append((Button(label, QuestionOpened(own)),))
        if said and said.answer.given and dossier.each_side(view.flow, question):
            toggle = word("make_common" if said.private else "make_private")
            rows.append((Button(toggle, VoiceKept(question, not said.private)),))
    rows.append(
        (
            Button(word("history"), PanelOpened("history", question)),
            Button(word("members"), PanelOpened("members")),
        )
    )
    return (*rows, resume_row(view))


def adopt(view: View, argument: str) -> Body:
    """« Écrire »: the next message is the adopted text."""
    own = view.own(argument)
    asked = view.flow.questions.get(own)
    if asked is None:
        return members(view, "")
    text = view.words.page("adopt", q=view.called(own), ask=view.wording.ask(asked))
    return Body(text, ((Button(view.words.word("back"), PanelOpened("voices", argument)),),))


# --- history -------------------------------------------------------------------------------------


def history(view: View, argument: str) -> Body:
    """The versions of an answer, the last ones first."""
    word, own = view.words.word, view.own(argument)
    asked, kept = view.flow.questions.get(own), view.conversation.history
    if asked is None or kept is None or kept.question != argument:
        return Body(
            view.words.page("history", q=view.called(own), versions=[], older=0),
            (resume_row(view),),
        )
    last = kept.versions[::-1][:MOST_VERSIONS]
    text = view.words.page(
        "history",
        q=view.called(own),
        versions=[_voice(view, own, one) | {"alone": _alone(view)} for one in last],
        older=len(kept.versions) - len(last),
    )
    rows = [
        (Button(word("restore", number=number), VersionRestored(argument, one.number)),)
        for number, one in enumerate(last, 1)
        if view.may(Act.ANSWER) and one.answer.given and number > 1
    ]
    label = word("modify", name=shorten(view.called(own), 24))
    back = ((Button(label, QuestionOpened(own)),),) if view.may(Act.ANSWER) else ()
    return Body(text, (*rows, *back, resume_row(view)))


def _alone(view: View) -> bool:
    return view.conversation.together is None
