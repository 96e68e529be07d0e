"""Dossiers as a table, one row each, for whoever follows several of them in a spreadsheet.

Cells that a spreadsheet would run as a formula begin with an apostrophe, which shows them as text.
"""

import csv
import io
import re
from collections.abc import Sequence

from bot.domain.conversation import Answer
from bot.domain.sheet import Sheet
from bot.domain.sheet.answers import printable
from bot.domain.wording import Wording
from bot.export.words import Templates, heading, words

suffix = ".csv"
media_type = "text/csv; charset=utf-8"

_FORMULA = re.compile(r"^[\s\ufeff\u200b]*[=+\-@\t\r＝＋－＠]")
_NO_ANSWER = Answer()


def export(sheet: Sheet, templates: Templates) -> bytes:
    return table([sheet], templates)


def table(sheets: Sequence[Sheet], templates: Templates) -> bytes:
    """One row per dossier; columns are the questions of all their flows."""
    say = words(templates)
    rows = [_row(sheet, say) for sheet in sheets]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, restval="", delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow({column: _safe(column) for column in columns})
    writer.writerows({column: _safe(value) for column, value in row.items()} for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _row(sheet: Sheet, say: dict[str, str]) -> dict[str, str]:
    number = sheet.conversation.dossier
    row = {
        say["csv_dossier"]: "" if number is None else str(number),
        say["csv_project"]: heading(sheet, say),
        say["csv_date"]: sheet.date,
    }
    answers = printable(sheet.conversation).answers
    wording = Wording(sheet.flow, answers)
    for question in sheet.flow.questions.values():
        answer = answers.get(question.id, _NO_ANSWER)
        column = f"{question.id} {question.title or question.ask}"
        if question.options:
            chosen = (wording.answer(question, one) for one in answer.options)
            row[column] = say["answer_separator"].join(one for one in chosen if one)
            column = f"{column} ({say['csv_text']})"
        row[column] = answer.text
    return row


def _safe(value: str) -> str:
    return f"'{value}" if _FORMULA.match(value) else value
