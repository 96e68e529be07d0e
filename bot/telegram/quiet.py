"""Other people's loggers, made discreet: neither an address (it holds the token) nor a content.

What python-telegram-bot says from a warning up is repeated in its own fixed words, without the
values it would fill in and without the trace of an error, whose texts quote what was received.
"""

import logging

log = logging.getLogger(__name__)

SILENCED = ("httpx", "httpcore", "aiohttp", "apscheduler")
REPEATED = "telegram"


class _Discreet(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "-"
        words = str(record.msg).replace("%", "%%")
        log.log(record.levelno, f"python-telegram-bot ({kind}) : {words}")  # noqa: G004


def be_discreet() -> None:
    """Called once per process; calling it again changes nothing."""
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    repeated = logging.getLogger(REPEATED)
    repeated.setLevel(logging.WARNING)
    repeated.propagate = False
    repeated.handlers = [_Discreet()]
