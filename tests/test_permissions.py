"""What each may do: one table in the code, one in the guide, and they say the same."""

import re

import pytest

from bot.domain.conversation import Event, Member, Role, Together
from bot.domain.dossier import MAY, WRITING, Act, may
from bot.domain.engine import permission
from tests.play import ROOT

ROWS = {  # a line of the guide -> the act that it tells
    "Lire les questions, les réponses, la fiche": Act.READ,
    "Répondre, corriger, reprendre une version": Act.ANSWER,
    "Choisir le texte retenu": Act.CHOOSE,
    "Traiter un point de vigilance, figer une version": Act.PLAN,
    "Inviter, annuler une invitation, retirer un membre": Act.INVITE,
    "Réponses à l’aveugle, archiver, clore, transmettre": Act.GOVERN,
    "Supprimer le dossier": Act.DELETE,
    "Quitter le dossier": Act.LEAVE,
}
COLUMNS = (Role.OWNER, Role.CONTRIBUTOR, Role.READER)


def told() -> dict[str, list[bool]]:
    text = (ROOT / "README.fr.md").read_text("utf-8")
    found = re.findall(r"^\| ([^|]+?) \| (oui|non)[^|]* \| (oui|non) \| (oui|non) \|$", text, re.M)
    return {row[0]: [one == "oui" for one in row[1:]] for row in found}


def test_the_guide_has_the_table_of_the_code() -> None:
    table = told()
    assert table.keys() == ROWS.keys()
    for row, act in ROWS.items():
        assert table[row] == [role in MAY[act] for role in COLUMNS], row


def test_every_act_is_in_the_table() -> None:
    assert MAY.keys() == set(Act) == set(ROWS.values())


@pytest.mark.parametrize("act", Act)
def test_alone_one_may_do_everything_but_leave(act: Act) -> None:
    assert may(None, act) is (act is not Act.LEAVE)


@pytest.mark.parametrize("role", Role)
def test_a_closed_dossier_is_read_and_not_written(role: Role) -> None:
    me = Member(1, role, "ici")
    closed = Together(me, (me,), closed=True)
    assert may(closed, Act.READ)
    assert not any(may(closed, act) for act in WRITING)
    assert may(closed, Act.GOVERN) is (role is Role.OWNER), "to open it again"


def test_what_a_permission_guards_is_an_event() -> None:
    known = {one for one in Event.__args__ if isinstance(one, type)}
    assert permission.ACTS.keys() <= known
