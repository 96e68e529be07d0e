"""Dossiers as a table, one row each, for whoever follows several of them in a spreadsheet.

Cells that a spreadsheet would run as a formula begin with an apostrophe, which shows them as text.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain import amounts, tables
from bot.domain.conversation import Answer
from bot.domain.sheet import Sheet, Voices
from bot.domain.sheet.answers import printable
from bot.domain.wording import Wording
from bot.export.outline import who
from bot.export.words import Templates, heading, words

suffix = ".csv"
media_type = "text/csv; charset=utf-8"

_FORMULA = re.compile(r"^[\s\ufeff\u200b]*[=+\-@\t\r＝＋－＠]")
_NO_ANSWER = Answer()


def export(sheet: Sheet, templates: Templates) -> bytes:
    """One dossier: its tables row by row, as a treasurer opens them; without any, its one row."""
    rows = list(_rows_of_tables(sheet, words(templates, sheet.language)))
    return _file(rows) if rows else table([sheet], templates)


def table(sheets: Sequence[Sheet], templates: Templates) -> bytes:
    """One row per dossier; columns are the questions of all their flows."""
    say = words(templates, *(one.language for one in sheets[:1]))
    return _file([_row(sheet, say) for sheet in sheets])


def _file(rows: Sequence[Mapping[str, str]]) -> bytes:
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
    voices = _voices(sheet, say)
    for question in sheet.flow.questions.values():
        answer = answers.get(question.id, _NO_ANSWER)
        column = f"{question.id} {question.title or question.ask}"
        if question.options:
            chosen = (wording.answer(question, one) for one in answer.options)
            row[column] = say["answer_separator"].join(one for one in chosen if one)
            column = f"{column} ({say['csv_text']})"
        row[column] = answer.text
        if question.id in voices:
            title = f"{question.id} {question.title or question.ask}"
            row[f"{title} ({say['csv_voices']})"] = voices[question.id]
    return row


def _voices(sheet: Sheet, say: dict[str, str]) -> dict[str, str]:
    """Question -> what each member said, side after side, where two territories answered."""
    found = (
        item
        for section in sheet.sections
        for group in section.groups
        for item in group.items
        if isinstance(item, Voices)
    )
    return {one.question: " | ".join(_said(one, say)) for one in found}


def _said(voices: Voices, say: dict[str, str]) -> Iterator[str]:
    for side in voices.sides:
        for voice in side.voices:
            words = say["answer_separator"].join((*voice.said.options, *voice.said.paragraphs))
            yield f"{side.place or say['one_territory']} ({who(voice, say)}){say['colon']} {words}"


def _rows_of_tables(sheet: Sheet, say: dict[str, str]) -> Iterator[dict[str, str]]:
    wording = Wording(sheet.flow, printable(sheet.conversation).answers)
    for question in sheet.flow.questions.values():
        if question.table and (found := tables.table(question, wording)).filled:
            heads = [_head(one, found.currency) for one in found.columns]
            for line in found.lines:
                cells = (
                    _cell(one, cell, sheet.language)
                    for one, cell in zip(found.columns, line.cells, strict=True)
                )
                yield {
                    say["csv_project"]: heading(sheet, say),
                    say["csv_table"]: wording.title(question),
                    say["csv_line"]: line.title,
                    **dict(zip(heads, cells, strict=True)),
                }


def _head(column: tables.Heading, currency: str) -> str:
    return f"{column.title} ({currency})" if column.amount and currency else column.title


def _cell(column: tables.Heading, text: str, language: str) -> str:
    """An amount as a number; what is not one as it was written."""
    amount = amounts.read(text) if column.amount else None
    return amounts.plain(amount, language) if amount else text


def _safe(value: str) -> str:
    return f"'{value}" if _FORMULA.match(value) else value
