"""A table filled from a phone, through the real bot: two calls an act, every cell on the disk."""

from dataclasses import replace

import pytest

from bot.domain.flows import Flows
from bot.service.ports import Key
from tests.double import TelegramDouble
from tests.test_tables import outing

from . import conftest
from .conftest import Running
from .people import calls, writer


@pytest.fixture(autouse=True)
def _an_outing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot offers one flow, which is a table, under the name that its store knows."""
    shelf = Flows.of(replace(outing(), flow="six-etapes"))
    monkeypatch.setattr(conftest, "flows", lambda _="": shelf)


async def test_a_row_is_filled_one_card_at_a_time_with_two_calls_an_act(
    bot: Running, telegram: TelegramDouble
) -> None:
    anna = await writer(telegram)
    await anna.send("La sortie au lac")
    await anna.sees("ligne 1 sur 3")
    for act, said in (
        (lambda: anna.send("1 200 €"), "Noté · Le car · Dépenses : 1 200 €"),
        (lambda: anna.send("800"), "Recettes : 800"),
        (lambda: anna.click("À confirmer"), "Une proposition"),
        (lambda: anna.click("Prendre cette proposition"), "Le repas"),
        (lambda: anna.click("Ligne suivante"), "Quelle autre dépense"),
        (lambda: anna.click("Pas d’autre ligne"), "il manque 400"),
    ):
        await anna.served()
        before = len(telegram.calls)
        await act()
        await anna.sees(said)
        await anna.served()
        assert len(calls(telegram, anna.id, before)) <= 2
    kept = (await bot.store.conversation(Key("telegram", anna.id, anna.id))).answers
    assert kept["car_depense"].text == "1 200 €"
    assert kept["car_avis"].options == ("non",)
    assert kept["repas_note"].skipped
    assert not telegram.refused
