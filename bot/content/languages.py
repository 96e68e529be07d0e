"""Language codes: those that exist (CLDR, through Babel), written one way: « en », « pt-BR »."""

import re
from contextlib import suppress
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bot.domain.check import nearest
from bot.domain.languages import broader
from bot.errors import ContentError

_SHAPE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
_NAME = 5  # letters from which a word may be the name of a language
_NONE = {"mul", "und", "zxx"}  # several languages, an unknown one, no words at all


def language_code(written: str) -> str:
    """A code in its one form. Raises ContentError for a language that does not exist."""
    if found := _known(written):
        return found
    advice = _meant(written.casefold())
    message = f"« {written} » n’est pas un code de langue"
    raise ContentError(f"{message} ({advice} ?)" if advice else message)


def is_language(written: str) -> bool:
    return bool(_known(written))


def countries(code: str) -> dict[str, str]:
    """ISO 3166 code in lower case -> the country's name; none when CLDR does not speak the language."""
    for one in broader(code):
        with suppress(UnknownLocaleError):
            return {
                key.lower(): name for key, name in Locale.parse(one, sep="-").territories.items()
            }
    return {}


def _known(written: str) -> str:
    shape = _SHAPE.fullmatch(written)
    if not shape:
        return ""
    language, script, territory = shape[1].lower(), shape[2], shape[3]
    names = Locale("en")
    exists = language in names.languages and language not in _NONE
    if script:
        script = script.title()
        exists = exists and script in names.scripts
    if territory:
        territory = territory.upper()
        exists = exists and territory in names.territories
    return "-".join(filter(None, (language, script, territory))) if exists else ""


def _meant(written: str) -> str:
    """The code that « eng », « english » or « anglais » stand for."""
    if alias := get_global("language_aliases").get(written):
        return str(alias)
    name = nearest(written, _by_name()) if len(written) >= _NAME else ""
    return _by_name()[name] if name else ""


@cache
def _by_name() -> dict[str, str]:
    return {
        name.casefold(): code.replace("_", "-")
        for reader in ("en", "fr")
        for code, name in Locale(reader).languages.items()
    }
