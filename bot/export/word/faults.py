"""How what is wrong with a template is told; the sentences are `template_fault` in the chat's words."""

from bot.domain.conversation import TemplateFault as Fault

__all__ = ["LONGEST", "MOST", "Fault", "quoted"]

LONGEST = 160  # characters of a paragraph or tag that is quoted back
MOST = 12  # faults told at once


def quoted(text: str) -> str:
    """A text short enough to be quoted, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
