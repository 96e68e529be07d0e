"""The last touches on a filled document: direction of writing, language, title, what Word requires."""

import re
import unicodedata
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from bot.export.word.fields import Data

LOCALES = {"fr": "fr-FR", "en": "en-GB", "ar": "ar-SA", "es": "es-ES", "pt": "pt-PT"}

_COMMENT_MARKS = ("w:commentRangeStart", "w:commentRangeEnd", "w:commentReference")
_RUN_AFTER = tuple(  # elements that come after w:rtl in w:rPr
    qn(one) for one in ("w:cs", "w:em", "w:lang", "w:eastAsianLayout", "w:specVanish", "w:oMath")
)
_PARAGRAPH_AFTER = tuple(  # the same for w:bidi in w:pPr
    qn(f"w:{one}")
    for one in (
        "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents",
        "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl",
        "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
    )
)  # fmt: skip


def without_comments(document: Any) -> None:
    """The comments of a template are for its author: they do not go out with a sheet."""
    root = document.element
    for mark in _COMMENT_MARKS:
        for one in list(root.iter(qn(mark))):
            _dropped(one)
    part = document.part
    for key, rel in list(part.rels.items()):
        if not rel.is_external and "comments" in rel.reltype.rsplit("/", 1)[-1].lower():
            part.rels.pop(key)


def finish(document: Any, found: Data) -> None:
    """Mark what is written from right to left, give the title and language, close empty cells."""
    for root in _roots(document):
        for paragraph in root.iter(qn("w:p")):
            _directed(paragraph)
        for cell in root.iter(qn("w:tc")):
            if not len(cell) or cell[-1].tag != qn("w:p"):
                etree.SubElement(cell, qn("w:p"))
        for table in list(root.iter(qn("w:tbl"))):
            if table.find(qn("w:tr")) is None:
                table.getparent().remove(table)
    language = str(found["langue"])
    locale = LOCALES.get(language, language)
    properties = document.core_properties
    properties.title = f"{found['projet']} – {found['document']}"[:255]
    properties.language = locale
    _speak(document, locale)


def _roots(document: Any) -> list[Any]:
    roots = [document.element]
    return roots + [
        rel.target_part.element
        for rel in document.part.rels.values()
        if not rel.is_external and rel.reltype.rsplit("/", 1)[-1] in ("header", "footer")
    ]


def _dropped(mark: Any) -> None:
    """A reference takes with it the run that holds nothing else."""
    parent = mark.getparent()
    parent.remove(mark)
    if parent.tag == qn("w:r") and all(one.tag == qn("w:rPr") for one in parent):
        parent.getparent().remove(parent)


def _directed(paragraph: Any) -> None:
    if any(paragraph.find(f".//{qn(one)}") is not None for one in ("w:tab", "w:fldChar")):
        return  # set in columns, as a footer is: turning it would scramble it
    texts = [one for one in paragraph.iter(qn("w:t")) if one.text]
    whole = _rightwards("".join(one.text for one in texts))
    if whole:
        properties = _first(paragraph, "w:pPr")
        if properties.find(qn("w:bidi")) is None:
            _put(properties, "w:bidi", _PARAGRAPH_AFTER)
    for text in texts:
        run = text.getparent()
        written = any(_strong(one) == "R" for one in text.text) if whole else _rightwards(text.text)
        if run.tag == qn("w:r") and written:
            inner = _first(run, "w:rPr")
            if inner.find(qn("w:rtl")) is None:
                _put(inner, "w:rtl", _RUN_AFTER)


def _rightwards(text: str) -> bool:
    """Whether the first letter is one of a script that runs to the left."""
    return next((one for one in map(_strong, text) if one), "L") == "R"


def _strong(character: str) -> str:
    kind = unicodedata.bidirectional(character)
    return "R" if kind in ("R", "AL") else "L" if kind == "L" else ""


def _first(parent: Any, tag: str) -> Any:
    found = parent.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        parent.insert(0, found)
    return found


def _put(properties: Any, tag: str, after: tuple[str, ...]) -> None:
    """Where the schema wants it: before the first of what must follow."""
    made = OxmlElement(tag)
    following = next((at for at, one in enumerate(properties) if one.tag in after), len(properties))
    properties.insert(following, made)


def _speak(document: Any, locale: str) -> None:
    """The language of the document's defaults."""
    styles = document.styles.element
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is None:
        return
    lang = defaults.find(qn("w:lang"))
    if lang is None:
        lang = etree.SubElement(defaults, qn("w:lang"))
    if not re.match(rf"{locale[:2]}\b", lang.get(qn("w:val")) or ""):
        lang.set(qn("w:val"), locale)
