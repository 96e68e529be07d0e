"""Plain data into the dataclasses of the domain, by pydantic; its complaints said in French.

Data with faults is mended (a misspelt field read as the right one, a neutral value for a wrong
one) so that one run also finds the faults that only a whole flow shows.
"""

import dataclasses
import json
import types
from collections.abc import Hashable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from bot.content.document import Document
from bot.domain.check import Fault, Path, near

T = TypeVar("T")

_ROUNDS = 5  # a mended value may show faults that the wrong one hid

_EXPECTED = {  # pydantic's error type -> what the file should hold there
    "string_type": "un texte",
    "int_type": "un nombre entier",
    "int_from_float": "un nombre entier",
    "int_parsing": "un nombre entier",
    "bool_type": "true ou false",
    "tuple_type": "une liste",
    "dict_type": "des lignes « clé: valeur »",
    "mapping_type": "des lignes « clé: valeur »",
    "dataclass_type": "des lignes « clé: valeur »",
}


class Model(Generic[T]):
    """One kind of content file."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind
        # A configuration reaches stdlib dataclasses only from a type that encloses them.
        enclosed = cast(type[tuple[T]], tuple[kind])  # type: ignore[valid-type]  # a type at run time
        self.adapter = TypeAdapter(enclosed, config=ConfigDict(extra="forbid", strict=True))

    def read(self, document: Document) -> tuple[T | None, list[Fault]]:
        """The object and its faults; with faults it holds neutral values, for checks only."""
        faults: list[Fault] = []
        for _ in range(_ROUNDS):
            try:
                return self.adapter.validate_json(json.dumps([document.data]))[0], faults
            except ValidationError as error:
                known = {fault.path for fault in faults}
                faults += [
                    fault
                    for fault in self._faults(error, document)
                    if not within(fault.path, known)
                ]
        return None, faults

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of such a file."""
        whole = self.adapter.json_schema()
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/$defs/{self.kind.__name__}",
            "$defs": whole["$defs"],
        }

    def _faults(self, error: ValidationError, document: Document) -> Iterator[Fault]:
        """Each complaint as a fault, while the data is mended for the next round."""
        details = error.errors(include_url=False, include_context=True)
        renamed: set[Path] = set()
        for one in sorted(details, key=lambda one: one["type"] == "missing"):
            path: Path = one["loc"][1:]
            match one["type"]:
                case "unexpected_keyword_argument":
                    yield self._extra(path, document, renamed)
                case "missing" if path in renamed:
                    pass
                case "missing":
                    _put(document.data, path, self._neutral(path))
                    yield Fault(path, f"il manque « {path[-1]} »")
                case _:
                    yield Fault(path, _wrong(one, _at(document.data, path)))
                    if path:
                        _put(document.data, path, self._neutral(path))
                    else:
                        document.data = _neutral(self.kind)

    def _extra(self, path: Path, document: Document, renamed: set[Path]) -> Fault:
        parent, name = path[:-1], str(path[-1])
        holder = cast(dict[str, object], _at(document.data, parent))
        fields = [field.name for field in dataclasses.fields(_type_at(self.kind, parent))]
        advice = near(name, fields)
        meant = advice[2:-3]
        value = holder.pop(name)
        if meant and meant not in holder:
            holder[meant] = value
            document.read_as[(*parent, meant)] = path
            renamed.add((*parent, meant))
        return Fault(path, f"champ inconnu « {name} »{advice}", on_key=True)

    def _neutral(self, path: Path) -> object:
        return _neutral(_type_at(self.kind, path))


def within(path: Path, known: Set[Path]) -> bool:
    """Whether a path is one of those known, or under one."""
    return any(path[:size] in known for size in range(len(path) + 1))


def _wrong(details: ErrorDetails, value: object) -> str:
    if details["type"] == "literal_error":
        return _not_listed(details, value)
    expected = _EXPECTED.get(details["type"])
    if expected is None:
        return f"valeur refusée ({details['msg']})"
    message = f"il faut {expected}, pas {said(value)}"
    quotes = expected == "un texte" and value is not None and not isinstance(value, list)
    return f"{message} : mettez des guillemets" if quotes else message


def _not_listed(details: ErrorDetails, value: object) -> str:
    listed = details["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
    known = listed.split(", ")
    if not isinstance(value, str):
        return f"il faut un mot parmi {listed}, pas {said(value)}"
    return f"« {value} » n’est pas admis : {listed}{near(value, known)}"


def said(value: object) -> str:
    """A wrong value as a fault quotes it."""
    match value:
        case None:
            return "du vide"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"le nombre {value}"
        case list():
            return "une liste"
        case dict():
            return "des lignes « clé: valeur »"
        case _:
            text = str(value)
            return f"« {text[:30]}… »" if len(text) > 30 else f"« {text} »"


def _at(data: object, path: Path) -> object:
    for step in path:
        data = cast(Any, data)[step]
    return data


def _put(data: object, path: Path, value: object) -> None:
    cast(Any, _at(data, path[:-1]))[path[-1]] = value


def _type_at(kind: Any, path: Path) -> Any:
    """The type that the model gives to a path of keys and indices."""
    for step in path:
        kind = (
            _hints(cast(Hashable, kind))[str(step)]
            if dataclasses.is_dataclass(kind)
            else _inner(kind)
        )
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(one for one in get_args(kind) if one is not type(None))
    return kind


def _inner(kind: Any) -> Any:
    """The type of the values of a Mapping, or of the items of a tuple."""
    arguments = get_args(kind)
    return arguments[1] if get_origin(kind) is Mapping else arguments[0]


@lru_cache(maxsize=64)
def _hints(kind: Hashable) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _neutral(kind: Any) -> object:
    """A value of a type that no check complains about twice."""
    if dataclasses.is_dataclass(kind):
        needed = (
            field.name
            for field in dataclasses.fields(kind)
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        return {name: _neutral(_type_at(kind, (name,))) for name in needed}
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is tuple:
        return []
    if get_origin(kind) is Mapping:
        return {}
    return {str: "", int: 0, bool: False}.get(kind)
