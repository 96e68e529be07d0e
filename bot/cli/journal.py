"""The log: one JSON object a line for a machine, a plain line for a terminal.

It is told what happened, never what was said: of an error, its kind and its place, not its text, for
that may quote what was received. Other people's libraries are heard from a warning up.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TextIO

OURS = "bot"
MOST_PLACES = 6


def begin(level: str, form: str = "auto", stream: TextIO | None = None) -> None:
    """`level` is ours. `form` "auto": a plain line when a person watches."""
    out = stream or sys.stderr
    handler = _Journal(out)
    plain = form == "text" or (form == "auto" and out.isatty())
    handler.setFormatter(Line() if plain else Json())
    root = logging.getLogger()
    for former in [one for one in root.handlers if isinstance(one, _Journal)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    logging.captureWarnings(capture=True)


class _Journal(logging.StreamHandler[TextIO]):
    """Ours, to be told from the others."""


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": record.getMessage(),
        }
        if error := _error(record):
            said["error"] = error
        return json.dumps(said, ensure_ascii=False)


class Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        said = " ".join(record.getMessage().splitlines())
        error = _error(record)
        end = f" [{error}]" if error else ""
        return f"{when} {record.levelname:<7} {record.name} {said}{end}"


def _error(record: logging.LogRecord) -> str:
    """« ValueError, store/turns.py:42 < store/store.py:120 »; "" when there is none."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    kind, _, trace = record.exc_info
    places = [_place(frame, line) for frame, line in traceback.walk_tb(trace)]
    return ", ".join([kind.__name__, " < ".join(reversed(places[-MOST_PLACES:]))])


def _place(frame: FrameType, line: int) -> str:
    path = Path(frame.f_code.co_filename)
    return f"{path.parent.name}/{path.name}:{line}"
