"""The Word export: real styles and header rows, every word as it was written, opened by LibreOffice."""

import io
import re
import runpy
import shutil
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from bot.domain.conversation import Answer, Conversation, Fragment
from bot.domain.sheet.clean import clean
from bot.errors import ContentError
from bot.export import FORMATS, docx
from bot.export.word.fields import fields
from bot.export.words import words
from tests.samples import FULL, ORDINARY, SAMPLES, SCRIPTS, TEMPLATES, TOGETHER, said, sheet
from tests.test_export import NASTY, anything, bare, everywhere, somewhere

TEMPLATES_FOLDER = Path(__file__).parents[1] / "templates"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(
    not SOFFICE, reason="LibreOffice is absent (apt install libreoffice-writer-nogui)"
)


def made(conversation: Conversation, document: str = "work") -> Any:
    content = docx.export(sheet(conversation, document), TEMPLATES)  # type: ignore[arg-type]
    return Document(io.BytesIO(content))


def texts(document: Any) -> list[str]:
    """Each paragraph of the body, in tables too; tabs and breaks as they are."""
    found = []
    for paragraph in document.element.body.iter(qn("w:p")):
        pieces = paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab"))
        found.append("".join(one.text or "" if one.tag == qn("w:t") else "\n" for one in pieces))
    return found


# --- what it is made of --------------------------------------------------------------------------


def test_headings_are_those_of_word() -> None:
    document = made(FULL)
    styles = {one.style.name for one in document.paragraphs}
    assert {"Heading 1", "Heading 2", "Heading 3", "List Bullet"} <= styles
    (title,) = [one for one in document.paragraphs if one.style.name == "Heading 1"]
    assert title.text.startswith("Les jardins des deux rives")


@pytest.mark.parametrize("name", sorted(SAMPLES))
@pytest.mark.parametrize("document", ["show", "work"])
def test_headings_never_skip_a_level(name: str, document: str) -> None:
    levels = [
        int(one.style.name[-1])
        for one in made(SAMPLES[name], document).paragraphs
        if one.style.name.startswith("Heading")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_points_and_the_plan_are_tables_whose_header_row_is_repeated() -> None:
    tables = made(FULL).tables
    heads = [[cell.text for cell in table.rows[0].cells] for table in tables]
    assert ["Point", "Ce qui est prévu", "Qui", "Quand", "État"] in heads
    assert ["Point", "Parce que vous avez répondu", "Ce que cela risque", "Premier geste"] in heads
    for table in tables:
        rows = table._tbl.tr_lst
        assert rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert len(rows) > 1
        assert table._tbl.tblPr.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"


def test_the_compass_says_itself_in_words() -> None:
    (picture,) = made(ORDINARY).element.body.iter(qn("wp:docPr"))
    assert "Étape 1, " in picture.get("descr")
    assert "point à régler d’abord" in picture.get("descr").replace("\u202f", " ")


def test_title_language_and_page_numbers() -> None:
    document = made(ORDINARY, "show")
    assert document.core_properties.title == "Les jardins des deux rives – Fiche projet"
    assert document.core_properties.language == "fr-FR"
    lang = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert lang.get(qn("w:val")) == "fr-FR"
    footer = document.sections[0].footer._element.xml
    assert " PAGE " in footer
    assert " NUMPAGES " in footer
    assert "Les jardins des deux rives" in footer


def test_what_runs_to_the_left_is_set_so() -> None:
    document = made(SCRIPTS, "show")
    arabic = next(one for one in document.paragraphs if one.text.startswith("بدأ"))
    assert arabic._p.pPr.find(qn("w:bidi")) is not None
    assert arabic.runs[0]._r.rPr.find(qn("w:rtl")) is not None
    cyrillic = next(one for one in document.paragraphs if "Вольной" in one.text)
    assert cyrillic._p.pPr.find(qn("w:bidi")) is None


def test_a_voice_that_runs_to_the_left_is_set_so_beside_the_other() -> None:
    cells = [cell for table in made(TOGETHER).tables for row in table.rows for cell in row.cells]
    said = [one for cell in cells for one in cell.paragraphs if one.text.startswith("بدأ")]
    assert said
    assert all(one._p.pPr.find(qn("w:bidi")) is not None for one in said)


def test_words_that_run_to_the_left_after_a_label_keep_their_direction() -> None:
    asked = next(one for one in made(SCRIPTS).paragraphs if "نطلب" in one.text and ":" in one.text)
    assert asked._p.pPr.find(qn("w:bidi")) is None
    turned = {one.text: one._r.find(f".//{qn('w:rtl')}") is not None for one in asked.runs}
    assert [on for text, on in turned.items() if text] == [False, True]


@pytest.mark.parametrize("format", ["docx", "md", "txt"])
def test_a_label_that_is_a_question_takes_no_colon(format: str) -> None:
    content = FORMATS[format].export(sheet(FULL), TEMPLATES)
    written = (
        "\n".join(texts(Document(io.BytesIO(content)))) if format == "docx" else content.decode()
    )
    assert re.search(r"[?.]\W*[ \u00a0]:", written) is None


@pytest.mark.parametrize("name", sorted(SAMPLES))
@pytest.mark.parametrize("document", ["show", "work"])
def test_no_cell_is_without_paragraph_and_no_tag_is_left(name: str, document: str) -> None:
    found = made(SAMPLES[name], document)
    for cell in found.element.body.iter(qn("w:tc")):
        assert cell[-1].tag == qn("w:p")
    assert not re.search(r"\{[{%#]|[%}#]\}", "".join(texts(found)))


def test_a_template_that_is_absent_is_said() -> None:
    with pytest.raises(ContentError, match=r"sheet\.docx"):
        docx.export(sheet(ORDINARY), {k: v for k, v in TEMPLATES.items() if k != "sheet.docx"})


def test_the_templates_are_those_of_their_script() -> None:
    """Restyled in Word, they are no longer: this test then goes, and so does the script."""
    script = runpy.run_path(str(TEMPLATES_FOLDER / "make_docx.py"))
    for name, build in (("sheet.docx", "sheet"), ("sheet-sample.docx", "sample")):
        again = script["saved"](script[build]())
        for part in ("word/document.xml", "word/styles.xml"):
            assert _part(again, part) == _part((TEMPLATES_FOLDER / name).read_bytes(), part)


def _part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name)


# --- whatever was written ------------------------------------------------------------------------


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(anything)
@example("{_{ a }_} {_% b %_} {{ 7*7 }}")
@example("a\tb\x07c\x0cd\ve\r\nf")
@example('{ INCLUDEPICTURE "http://example.org/x.png" } { DDEAUTO c "cmd" }')
@example("<w:p/>&#10;&lt;w:t&gt;]]>")
def test_the_text_of_a_document_is_the_text_given(text: str) -> None:
    document = made(somewhere(text))
    assert bare(clean(text)) in bare("".join(texts(document)))
    assert not list(document.element.body.iter(qn("w:instrText"), qn("w:fldSimple")))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.text("abcé «»?!:;{}%_#<>&'\" 0", min_size=1, max_size=40), min_size=1, max_size=5)
)
def test_each_line_written_is_a_paragraph(lines: list[str]) -> None:
    """Only spaces change: French typography."""
    given_lines = [" ".join(one.split()) for one in lines if one.strip()]
    answer = Answer((), tuple(Fragment(one) for one in lines))
    found = [" ".join(one.split()) for one in texts(made(Conversation(answers={"Q14": answer})))]
    if len(given_lines) > 1:
        at = found.index(given_lines[0])
        assert found[at : at + len(given_lines)] == given_lines
    elif given_lines:
        assert any(one.endswith(given_lines[0]) for one in found)


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_the_worst_words_make_sound_xml(text: str) -> None:
    for document in ("show", "work"):
        content = docx.export(sheet(everywhere(text[:2000]), document), TEMPLATES)  # type: ignore[arg-type]
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert package.testzip() is None
            for name in package.namelist():
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(package.read(name))


def test_every_field_is_in_the_list_given_to_authors() -> None:
    known = fields(sheet(FULL), words(TEMPLATES))
    told = (TEMPLATES_FOLDER / "README.md").read_text(encoding="utf-8")
    for name in known:
        assert f"`{name}`" in told, name
    for listed in ("points", "plan", "forces", "questions", "experiences", "boussole", "rubriques"):
        for name in known[listed][0]:
            assert f"`{name}`" in told, f"{listed}: {name}"
    for name in known["reponses"]["Q3"]:
        assert f"`{name}`" in told, name


# --- LibreOffice ---------------------------------------------------------------------------------


@needs_libreoffice
@pytest.mark.timeout(180)
def test_libreoffice_opens_every_document(tmp_path: Path) -> None:
    for name, conversation in SAMPLES.items():
        for document in ("show", "work"):
            content = docx.export(sheet(conversation, document), TEMPLATES)  # type: ignore[arg-type]
            (tmp_path / f"{name}-{document}.docx").write_bytes(content)
    pages = converted(tmp_path)
    assert len(pages) == 2 * len(SAMPLES)
    assert len(pages["empty-show"]) == 1
    first = pages["ordinary-show"][0]
    assert "Ce que nous vous demandons" in first
    assert bare("Ce que nous sommes en train de régler") in bare(first)  # it is one page
    assert len(pages["ordinary-show"]) == 2
    assert all(page.strip() for found in pages.values() for page in found)  # no blank page


@needs_libreoffice
@pytest.mark.timeout(180)
def test_libreoffice_reads_the_words_given(tmp_path: Path) -> None:
    text = "Une phrase {{ 7*7 }} avec « des signes » & <des> balises ; 100 % des élus."
    content = docx.export(sheet(Conversation(answers={"Q14": said(text=text)})), TEMPLATES)
    (tmp_path / "one.docx").write_bytes(content)
    assert bare(text) in bare("".join(converted(tmp_path)["one"]))


def converted(folder: Path) -> dict[str, list[str]]:
    """The text of each page of each document of a folder."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(one) for one in sorted(folder.glob("*.docx"))]
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=120)
    return {
        one.stem: [page.extract_text() for page in PdfReader(one).pages]
        for one in folder.glob("*.pdf")
    }
