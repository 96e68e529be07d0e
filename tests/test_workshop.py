"""A room as the domain decides it: counts that point at nobody, papers, what is proposed to be retained."""

from hypothesis import given
from hypothesis import strategies as st

from bot.content import load_flow
from bot.domain.conversation import Toast
from bot.domain.flow import Cell
from bot.domain.workshop import Chance, events, transition
from bot.domain.workshop.adopting import proposed
from bot.domain.workshop.desk import askable
from bot.domain.workshop.paper import Paper, read
from bot.domain.workshop.state import (
    GROUPS,
    Asked,
    Choice,
    Desk,
    Given,
    Phase,
    Room,
    Seat,
    Workshop,
)
from bot.domain.workshop.tally import FEWEST, presence, tally
from tests.play import ROOT, flow

ASKED = Asked(
    "Q8", "Q8", "Titre", "Question ?", "", "many", tuple(Choice(one, one) for one in "abc")
)
groups = st.lists(st.sampled_from(GROUPS), max_size=40)


def room(voices: list[str], votes: list[str], **more: object) -> Room:
    seats = tuple(Seat(number, group=group) for number, group in enumerate(voices, 1))
    cast = tuple(
        Given(number, "vote", "Q8", number, options=(vote,)) for number, vote in enumerate(votes, 1)
    )
    return Room(1, Workshop(asked=ASKED, phase=Phase.OPEN, **more), seats=seats, given=cast)  # type: ignore[arg-type]


@given(groups)
def test_no_group_of_fewer_than_five_is_told_apart(voices):
    counted = presence([Seat(number, group=one) for number, one in enumerate(voices)])
    assert sum(counted.values()) == len(voices)
    told = {group: count for group, count in counted.items() if group}
    assert all(count >= FEWEST for count in told.values())
    rest = counted.get("", 0)
    assert not told or not rest or rest >= FEWEST, "what is left would be told by the rest"


@given(groups, st.data())
def test_votes_by_group_add_up_or_are_not_shown(voices, data):
    votes = [data.draw(st.sampled_from("abc")) for _ in voices]
    counted = tally(room(voices, votes))
    assert sum(counted.votes.values()) == len(votes)
    for votes_of in counted.by_group.values():
        assert sum(votes_of.values()) >= FEWEST
    if counted.by_group:
        for option in "abc":
            assert sum(one[option] for one in counted.by_group.values()) == counted.votes[option]


def test_what_is_entered_on_paper_is_read_as_people_write_it():
    known = ("Q8", "Q4_habitants")
    assert read("Q8 : 12 / 5 / 3", known, "") == Paper("Q8", counts=(12, 5, 3))
    assert read("q8 12/5/3", known, "") == Paper("Q8", counts=(12, 5, 3))
    assert read("12, 5, 3", known, "Q8") == Paper("Q8", counts=(12, 5, 3))
    assert read("Q4_habitants: 4/0", known, "Q8") == Paper("Q4_habitants", counts=(4, 0))
    assert read("Q8 Un comité d’usagers", known, "") == Paper("Q8", "Un comité d’usagers")
    assert read("Q99 12/5", known, "Q8") == Paper("Q8", "Q99 12/5")
    assert read("Le 12/5, à la mairie", known, "Q8") == Paper("Q8", "Le 12/5, à la mairie")
    assert read("Q8", known, "") == Paper("Q8", "")


@given(st.text(max_size=300))
def test_any_text_is_a_paper(text):
    assert read(text, ("Q8",), "Q8").question == "Q8"


def test_of_several_choices_those_of_half_the_voters_are_proposed():
    cast = [
        Given(one, "vote", "Q8", one, options=("a", "b") if one < 3 else ("a",))
        for one in range(1, 6)
    ]
    assert proposed(Room(1, Workshop(asked=ASKED), given=tuple(cast))).options == ("a",)
    hands = (Given(9, "count", "Q8", counts={"c": 30, "a": 2}),)
    assert proposed(Room(1, Workshop(asked=ASKED), given=(*cast, *hands))).options == ("c",)


@given(st.data())
def test_whoever_has_no_desk_moves_nothing(data):
    """Any facilitator's event, by somebody who only sits there or does not even."""
    kinds = [
        one
        for one in events.DeskEvent.__args__
        if one not in (events.HelperJoined, events.WordsGiven, events.PapersWanted)
    ]
    event = data.draw(st.sampled_from(kinds).flatmap(st.from_type))
    seat = data.draw(st.sampled_from([None, Seat(1, "telegram", 5, 5)]))
    before = Room(1, Workshop(asked=ASKED, phase=Phase.OPEN, questions=("Q8",)), seat=seat)
    after, effects = transition(flow(), before, event, Chance("CODE", "jeton"), lambda a, b: a + b)
    assert after == before
    assert effects == (Toast("room_not_yours"),)


@given(st.lists(st.sampled_from(events.DeskEvent.__args__).flatmap(st.from_type), max_size=12))
def test_any_acts_of_a_facilitator_leave_a_room_that_holds_together(acts):
    here = Room(1, Workshop(questions=("Q8", "Q10"), phase=Phase.WAITING), desk=Desk())
    for one in acts:
        here, _ = transition(flow(), here, one, Chance("CODE", "jeton"), lambda a, b: a + b)
        workshop = here.workshop
        assert (workshop.asked is not None) or workshop.phase not in (Phase.OPEN, Phase.CLOSED)
        assert workshop.phase is not Phase.FINISHED or workshop.code == ""


def test_a_room_is_asked_no_table() -> None:
    budget = load_flow(ROOT / "flows" / "budget-rencontre.yaml")
    asked = [budget.questions[one] for one in askable(budget)]
    assert asked
    assert not any(isinstance(one, Cell) or one.kind == "rows" for one in asked)
