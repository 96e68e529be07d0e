"""Real inputs, spoiled: bytes cut, doubled, swapped or made odd; JSON whose pieces are replaced."""

import copy
from random import Random
from typing import Any

ODD = [
    *(
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\r",
        b"\t",
        b"\xe2\x80\xa8",
        b"\xc2\x85",
    ),
    *(b": ", b"- ", b"\n", b"#", b"|", b">", b"?", b"!!python/object:os.system", b"!!binary x"),
    *(b"&a ", b"*a", b"<<: *a", b"{", b"}", b"[", b"]", b"'", b'"', b"\\", b"%", b"---", b"..."),
    *(b"[" * 3000, b"{a: " * 3000, b"- " * 3000, b"(" * 3000, b"not " * 3000),
    *(b"1e999", b"0x", b"9" * 5000, b"-0", b".inf", b".nan", b"null", b"~", b"true", b"2026-02-30"),
    *(b"id", b"when", b"ask", b"options", b"Q1", b"Q4", b"V2.3", b" in ", b" and ", b" or ", b"()"),
]

NUMBERS: list[Any] = [0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 2**70, 10**30, 1.5, 1e300]
STRANGE: list[Any] = [
    *NUMBERS,
    *(None, True, False, [], {}, "", "x", "é" * 300, "\ud800", "\x00", "a" * 5000, "5", "private"),
    *([[]], [None], [{}], {"id": None}, {"id": 2**70}, [1, "a", {}], {"": ""}, float("inf")),
]


def deep(depth: int, inner: Any = None) -> Any:
    """Nested so many times, lists and objects by turns."""
    for level in range(depth):
        inner = [inner] if level % 2 else {"x": inner}
    return inner


def spoiled_bytes(source: bytes, chance: Random) -> bytes:
    """One to four accidents."""
    made = bytearray(source)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        end = min(len(made), at + chance.choice((1, 1, 2, 5, 40, 400)))
        accident = chance.randrange(6)
        if accident == 0:
            del made[at:end]
        elif accident == 1:
            made[at:at] = made[at:end]
        elif accident == 2:
            made[at:at] = chance.choice(ODD)
        elif accident == 3:
            made[at:end] = chance.randbytes(end - at)
        elif accident == 4:
            other = chance.randrange(len(made) + 1)
            made[at:end], made[other:other] = b"", made[at:end]
        else:
            made[at:end] = chance.choice(ODD)
    return bytes(made)


def spoiled_json(source: Any, chance: Random) -> Any:
    """A copy whose pieces are taken out, replaced, or joined by others; one to four times."""
    made = copy.deepcopy(source)
    for _ in range(chance.randint(1, 4)):
        made = _accident(made, chance)
    return made


def _accident(value: Any, chance: Random) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        accident = chance.random()
        if accident < 0.1:
            del value[key]
        elif accident < 0.2:
            value[chance.choice(["id", "from", "chat", "text", "message", "x"])] = _strange(chance)
        else:
            value[key] = _accident(value[key], chance)
        return value
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        value[at] = _accident(value[at], chance)
        return value
    return _strange(chance)


def _strange(chance: Random) -> Any:
    if chance.random() < 0.05:
        return deep(chance.choice((5, 60, 300)))
    return copy.deepcopy(chance.choice(STRANGE))
