"""Amounts of money as people write them: « 1 200,50 € », « 3 000 FCFA », « 40 x 12 € ».

One amount to a text: with two, or none, nobody can say which is meant, and it is not read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

_SPACES = " \u00a0\u202f\u2009'’"
_NUMBER = rf"\d{{1,3}}(?:[{_SPACES}.,]\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)|\d+(?:[.,]\d{{1,2}})?(?!\d)"
_READ = re.compile(_NUMBER)
_TIMES = re.compile(rf"({_NUMBER})\s*[x×*]\s*({_NUMBER})", re.IGNORECASE)
_CURRENCIES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"(?<![^\W\d_k])(?:{words})(?![^\W\d_])|{sign}", re.IGNORECASE)
    for name, words, sign in (
        ("FCFA", r"f\s?cfa|francs?\s+cfa|cfa|xof|xaf", "₣"),
        ("€", r"euros?|eur", "€"),
        ("$", r"dollars?|usd", r"\$"),
        ("£", r"livres?\s+sterling|pounds?|gbp", "£"),
        ("MAD", r"dirhams?|mad|dh", r"د\.م"),
        ("CHF", r"chf|francs?\s+suisses?|swiss\s+francs?", "sfr"),
    )
}
_CODE = re.compile(r"(?<![^\W_])[A-Z]{3}(?![^\W_])")
_SCALE = re.compile(rf"(?:{_NUMBER})\s?(?:(k)|(M|[Mm]illions?))(?=\W|$|EUR|F)")
_SIGNS = ("€", "$", "£")  # what English writes before the number
_MARKS = {"fr": ("\u202f", ","), "en": (",", ".")}  # language -> thousands, decimals
LONGEST = 200  # characters that may hold an amount: a longer text tells something else


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Amounts added up, currency by currency in the order met."""

    parts: tuple[Amount, ...] = ()


def read(text: str) -> Amount | None:
    """The one amount that a text tells."""
    if len(text) > LONGEST:
        return None
    numbers = _READ.findall(text)
    product = _TIMES.search(text)
    if product and len(numbers) == 2:
        value = _number(product[1]) * _number(product[2])
    elif len(numbers) == 1 and "-" not in text[: text.find(numbers[0])][-1:]:
        value = _number(numbers[0]) * _scale(text)
    else:
        return None
    return Amount(value, _currency(text))


def total(amounts: Iterable[Amount]) -> Sum:
    """The sum; an amount without a currency takes the only one of the others."""
    amounts = tuple(amounts)
    named = list(dict.fromkeys(one.currency for one in amounts if one.currency))
    found: dict[str, Decimal] = {}
    for one in amounts:
        currency = one.currency or (named[0] if len(named) == 1 else "")
        found[currency] = found.get(currency, Decimal()) + one.value
    return Sum(tuple(Amount(value, currency) for currency, value in found.items()))


def plain(amount: Amount, language: str) -> str:
    """« 1200,50 »: what a spreadsheet reads as a number."""
    decimal = _MARKS.get(language.partition("-")[0], _MARKS["fr"])[1]
    return f"{amount.value.normalize():f}".replace(".", decimal)


def said(one: Sum, language: str) -> str:
    """« 1 200 € + 3 000 FCFA »; "" of nothing."""
    return " + ".join(written(part, language) for part in one.parts)


def difference(spent: Sum, received: Sum) -> Amount | None:
    """What is received less what is spent; None when they are not in one currency."""
    parts = (*spent.parts, *received.parts)
    named = {one.currency for one in parts if one.currency}
    if len(named) > 1:
        return None
    value = sum((one.value for one in received.parts), Decimal())
    value -= sum((one.value for one in spent.parts), Decimal())
    return Amount(value, next(iter(named), ""))


def written(amount: Amount, language: str) -> str:
    """« 1 200,50 € », « 1,200.50 € »."""
    thousands, decimal = _MARKS.get(language.partition("-")[0], _MARKS["fr"])
    cents = amount.value.quantize(Decimal("0.01"))
    whole = cents == cents.to_integral_value()
    number = f"{abs(cents):,.0f}" if whole else f"{abs(cents):,.2f}"
    number = number.replace(",", "\0").replace(".", decimal).replace("\0", thousands)
    if language.startswith("en") and amount.currency in _SIGNS:
        return f"{amount.currency}{number}"
    return f"{number}\u00a0{amount.currency}".rstrip("\u00a0")


def _number(text: str) -> Decimal:
    """A last group of one or two digits is the decimals, those of three are thousands."""
    kept = re.sub(rf"[{_SPACES}]", "", text)
    head, mark, tail = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", kept).groups()  # type: ignore[union-attr]  # matches anything
    digits = re.sub(r"\D", "", head)
    return Decimal(f"{digits}.{tail}" if mark else digits)


def _scale(text: str) -> int:
    """« 12 k€ », « 1,5 million »."""
    found = _SCALE.search(text)
    return 1 if not found else 1_000 if found[1] else 1_000_000


def _currency(text: str) -> str:
    for name, words in _CURRENCIES.items():
        if words.search(text):
            return name
    code = _CODE.search(text)
    return code[0] if code else ""
