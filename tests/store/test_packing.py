"""Whatever a person writes comes back from the disk as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation import (
    Answer,
    Attachment,
    Fragment,
    Handling,
    Home,
    Place,
    Review,
    Rhythm,
)
from bot.store.codecs import CLEAR
from bot.store.loading import Standing
from bot.store.packing import pack, unpack
from bot.store.sealed import Seals
from bot.store.spoken import Owed

TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates included
NUMBER = st.floats(allow_nan=False)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(float, NUMBER)


@pytest.mark.parametrize("kind", [Answer, Attachment, Handling, Standing, Owed])
@given(data=st.data())
def test_a_value_comes_back_as_it_was(kind, data):
    value = data.draw(st.from_type(kind))
    seals = Seals(CLEAR)
    assert seals.open(kind, seals.seal(kind, value)) == value


def test_two_lone_surrogates_do_not_become_a_pair():
    answer = Answer((), (Fragment("\ud83d"), Fragment("\ud83d\ude00"), Fragment("😀")))
    assert unpack(Answer, pack(Answer, answer)) == answer


def test_what_is_at_its_default_takes_no_room():
    assert pack(Answer, Answer(("oui",))) == b'{"options":["oui"]}'
    assert pack(Standing, Standing()) == b"{}"


def test_a_union_is_told_apart_by_its_tag():
    assert unpack(Place, pack(Place, Home())) == Home()
    assert unpack(Place, pack(Place, Review())) == Review()
    assert unpack(Standing, b'{"resume":null,"rhythm":"essentiel"}').rhythm is Rhythm.ESSENTIAL


def test_a_field_of_a_later_version_is_ignored():
    assert unpack(Handling, b'{"how":"done","colour":"red"}') == Handling("done")
