"""What travels between the bot and the processes of the press: a length, then bytes.

Calls are pickled: they come from the bot. Answers come from where strangers' words and pictures were
read: they are JSON and bytes, and nothing in them is run.
"""

import importlib
import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from types import MethodType, ModuleType
from typing import Any

from bot.errors import FilrougeError

HEAD = 8  # bytes of a length
LARGEST = 200_000_000

Call = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]


def framed(content: bytes) -> bytes:
    return len(content).to_bytes(HEAD, "big") + content


def size_of(head: bytes) -> int:
    """Raises ValueError for what no process of ours would send."""
    size = int.from_bytes(head, "big")
    if size > LARGEST:
        raise ValueError(size)
    return size


# --- calls -------------------------------------------------------------------------------------


class Shared:
    """What methods are bound to: sent once to each process, named by a number afterwards."""

    def __init__(self) -> None:
        self._things: list[object] = []
        self._pickled: list[bytes] = []  # once and for all: flows take tens of milliseconds
        self._numbers: dict[int, int] = {}  # by identity: the list keeps them alive

    def order(
        self,
        function: Callable[..., object],
        args: tuple[object, ...],
        kwargs: dict[str, object],
        known: int,
    ) -> tuple[bytes, int]:
        """A call as bytes, for a process that has `known` of the things; how many it then has."""
        if isinstance(function, MethodType) and id(function.__self__) not in self._numbers:
            self._numbers[id(function.__self__)] = len(self._things)
            self._things.append(function.__self__)
            self._pickled.append(_pickled(function.__self__, {}))
        call = _pickled((function, args, kwargs), self._numbers)
        return framed(_pickled(self._pickled[known:], {}) + call), len(self._things)


def _pickled(thing: object, numbers: dict[int, int]) -> bytes:
    made = io.BytesIO()
    _Pickler(made, numbers).dump(thing)
    return made.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, numbers: dict[int, int]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._numbers = numbers

    def persistent_id(self, obj: Any) -> int | None:
        return self._numbers.get(id(obj))

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, ModuleType):  # a format is a module
            return importlib.import_module, (obj.__name__,)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, things: list[object]) -> None:
        super().__init__(file)
        self._things = things

    def persistent_load(self, pid: Any) -> object:
        return self._things[pid]


def read_call(content: bytes, things: list[object]) -> Call:
    """`things` grows with what came along."""
    file = io.BytesIO(content)
    things += [_Unpickler(io.BytesIO(one), []).load() for one in _Unpickler(file, []).load()]
    call: Call = _Unpickler(file, things).load()
    return call


# --- answers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returned, or (`fault`) why it did not."""

    value: Any = None
    fault: str = ""

    def result(self) -> Any:
        if self.fault:
            raise FilrougeError(self.fault)
        return self.value


def answered(value: object) -> bytes:
    """Raises TypeError for what is neither bytes nor plain data."""
    if isinstance(value, bytes):
        return framed(b"{}\n" + value)
    return framed(json.dumps({"value": value}).encode() + b"\n")


def failed(fault: str) -> bytes:
    return framed(json.dumps({"fault": fault}).encode() + b"\n")


def read_answer(content: bytes) -> Answer:
    """Raises ValueError when it is not one."""
    head, _, tail = content.partition(b"\n")
    found = json.loads(head)
    if not isinstance(found, dict):
        raise ValueError("not an answer")
    return Answer(found.get("value", tail), str(found.get("fault", "")))
