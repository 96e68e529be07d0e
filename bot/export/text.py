"""A sheet as plain text, for a message or an e-mail."""

from collections.abc import Iterator

from bot.domain.sheet import Sheet
from bot.export.outline import Line, outline
from bot.export.words import Templates, words

suffix = ".txt"
media_type = "text/plain; charset=utf-8"


def export(sheet: Sheet, templates: Templates) -> bytes:
    say = words(templates, sheet.language)
    lines = [text for one in outline(sheet, say) for text in _lines(one, say["colon"])]
    return ("\n".join(lines).strip() + "\n").encode()


def _lines(line: Line, colon: str) -> Iterator[str]:
    indent = "  " * line.depth
    joined = (
        f"{line.label}{colon} {line.text}" if line.label and line.text else line.label or line.text
    )
    match line.style:
        case "title":
            yield from (line.text, "=" * min(len(line.text), 60), "")
        case "lead" | "note":
            yield from ("", line.text)
        case "heading":
            yield from ("", "", line.text, "-" * min(len(line.text), 60))
        case "subheading":
            yield from ("", f"{line.text}{colon}")
        case "bullet":
            yield f"- {joined}"
        case _:
            yield f"{indent}{joined}"
