"""JSON as a server may send it, whatever it holds: read, or refused with ValueError and nothing else."""

import json
import re

_NUMBER = re.compile(rb'"update_id"\s*:\s*(\d{1,18})\b')


def read(payload: bytes) -> object:
    """Raises ValueError: not JSON, not UTF-8, nested too deep, a number too long."""
    try:
        return json.loads(payload)
    except RecursionError:
        raise ValueError("nested too deep") from None


def number_in(payload: bytes) -> int | None:
    """The id of the one update of a payload that cannot be read; None when there is not just one."""
    found = {int(one) for one in _NUMBER.findall(payload)}
    return found.pop() if len(found) == 1 else None
