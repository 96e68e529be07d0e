"""Language codes, as far as the domain minds: « pt-BR » is a kind of « pt »."""

from collections.abc import Iterable
from functools import lru_cache

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


@lru_cache(maxsize=256)  # every turn asks, of a few codes
def broader(language: str) -> tuple[str, ...]:
    """A code, then the wider ones: « pt-BR », « pt »."""
    parts = language.split("-")
    return tuple("-".join(parts[:size]) for size in range(len(parts), 0, -1))


def spoken(language: str, known: Iterable[str]) -> str:
    """The one of the languages `known` that answers to a code as devices write it; "" when none does."""
    codes = {one.casefold(): one for one in known}
    wanted = broader(language.replace("_", "-").casefold())
    return next((codes[one] for one in wanted if one in codes), "")


def right_to_left(language: str) -> bool:
    """Whether it is written from the right to the left."""
    return broader(language)[-1] in RIGHT_TO_LEFT
