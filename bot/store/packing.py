"""Values of the domain as JSON and back: dataclasses field by field, members of a union by a tag.

Fields at their default are left out and unknown ones ignored, so that rows outlive small changes.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

_TAG = "type"
# json.loads and json.dumps look at their arguments at each call.
_read = json.JSONDecoder().decode
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _Shape(NamedTuple):
    """How values of one type become JSON and come back."""

    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]


def pack(kind: Any, value: object) -> bytes:
    """`surrogatepass`: any Python text comes back as it was, lone surrogates included."""
    return _written(_shape(kind).dump(value)).encode("utf-8", "surrogatepass")


def unpack(kind: Any, data: bytes) -> Any:
    return _shape(kind).load(_read(data.decode("utf-8", "surrogatepass")))


def _same(value: Any) -> Any:
    return value


_PLAIN = _Shape(_same, _same)


@cache
def _shape(kind: Any) -> _Shape:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is tuple:
        return _sequence(arguments)
    if origin is frozenset:
        return _Shape(sorted, frozenset)
    if origin is not None and origin is not Literal and issubclass(origin, Mapping):
        return _mapping(arguments[1])
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _Shape(lambda value: value.value, kind)
    return _PLAIN


def _sequence(arguments: tuple[Any, ...]) -> _Shape:
    inner = _shape(arguments[0])  # the tuples of the domain are of one type throughout
    if inner is _PLAIN:
        return _Shape(list, tuple)
    return _Shape(
        lambda values: [inner.dump(one) for one in values],
        lambda values: tuple([inner.load(one) for one in values]),
    )


def _mapping(value: Any) -> _Shape:
    inner = _shape(value)
    return _Shape(
        lambda values: {name: inner.dump(one) for name, one in values.items()},
        lambda values: {name: inner.load(one) for name, one in values.items()},
    )


def _record(kind: Any) -> _Shape:
    hints = get_type_hints(kind)
    fields = dataclasses.fields(kind)
    dumps = [(one.name, _shape(hints[one.name]).dump, _default(one)) for one in fields]
    loads = {one.name: _shape(hints[one.name]).load for one in fields}

    def dump(value: Any) -> dict[str, Any]:
        packed = {}
        for name, inner, default in dumps:
            one = getattr(value, name)
            if one is not default and one != default:
                packed[name] = inner(one)
        return packed

    def load(raw: Mapping[str, Any]) -> Any:
        return kind(**{name: loads[name](one) for name, one in raw.items() if name in loads})

    return _Shape(dump, load)


def _default(one: "dataclasses.Field[Any]") -> Any:
    factory = one.default_factory
    return one.default if factory is dataclasses.MISSING else factory()


def _union(members: tuple[Any, ...]) -> _Shape:
    classes: list[Any] = [one for one in members if dataclasses.is_dataclass(one)]
    records = {one.__name__: _shape(one) for one in classes}
    if records:
        return _tagged(records)
    inner = next(shape for one in members if one is not NoneType for shape in [_shape(one)])
    return _Shape(
        lambda value: None if value is None else inner.dump(value),
        lambda raw: None if raw is None else inner.load(raw),
    )


def _tagged(records: Mapping[str, _Shape]) -> _Shape:
    def dump(value: Any) -> Any:
        if value is None:
            return None
        name = type(value).__name__
        return {_TAG: name, **records[name].dump(value)}

    def load(raw: Any) -> Any:
        return None if raw is None else records[raw[_TAG]].load(raw)

    return _Shape(dump, load)
