"""The composition root: `filrouge COMMAND`. The only place where errors end."""

import logging
import os
import sys
from collections.abc import Sequence

from bot.cli import parser
from bot.cli.house import Library, library, opened
from bot.errors import FilrougeError

__all__ = ["Library", "library", "main", "opened"]

log = logging.getLogger(__name__)

USAGE_FAULT, INTERRUPTED, UNFORESEEN = 1, 130, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Every fault is a line on standard error and an exit code that is not 0."""
    options = parser.parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except FilrougeError as fault:
        print(fault, file=sys.stderr)
        return USAGE_FAULT
    except KeyboardInterrupt:
        print("\nInterrompu. Ce qui avait été confirmé est gardé.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        print(f"{fault.filename or 'Fichier'} : {fault.strerror or fault}", file=sys.stderr)
        return USAGE_FAULT
    except Exception as fault:  # the one catch-all of this edge
        log.debug("unforeseen", exc_info=True)
        name = type(fault).__name__
        print(
            f"Erreur imprévue ({name}). Relancez avec FILROUGE_LOG_LEVEL=DEBUG pour la décrire.",
            file=sys.stderr,
        )
        return UNFORESEEN
