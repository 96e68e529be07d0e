"""Pours fields into a Word template. Jinja in a cage: data is read, nothing is called.

A template sees dictionaries, lists, texts and `loop`: no Python attribute can be reached from it.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx.image.image import Image
from docx.opc.constants import CONTENT_TYPE
from docx.shared import Cm, Emu
from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from bot.errors import FilrougeError
from bot.export.word import finish
from bot.export.word.fields import Data, compass_in_words
from bot.export.word.mending import mended

PICTURE = "boussole_image"  # the field that prints the compass
PICTURE_WIDTH = Cm(16.5)
PHOTOS = "photos"  # the list whose elements have an `image`
PHOTO_WIDTH, PHOTO_HEIGHT = Cm(11.5), Cm(7.2)  # at most
FILTERS = (
    "capitalize", "count", "d", "default", "first", "join", "last", "length", "lower", "title",
    "trim", "truncate", "upper",
)  # fmt: skip
TESTS = ("defined", "divisibleby", "eq", "even", "ge", "gt", "in", "le", "lt", "ne", "odd")
LOOP = ("index", "index0", "first", "last", "length", "revindex")

_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_MARKED = re.compile(r"\n(?=<w:p[ >])")


class Unfillable(FilrougeError):
    """A template that cannot be filled. `paragraph`: where, as text, when it is known."""

    def __init__(self, reason: str, paragraph: str = "") -> None:
        super().__init__(reason)
        self.paragraph = paragraph


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or a JPEG as it stands in a line of a document, as large as fits."""

    content: bytes
    described: str
    name: str = PICTURE
    width: int = PICTURE_WIDTH
    height: int = PICTURE_WIDTH

    def drawn(self, part: Any, number: int) -> str:
        image = Image.from_blob(self.content)
        scale = min(self.width / image.px_width, self.height / image.px_height)
        size = (Emu(int(image.px_width * scale)), Emu(int(image.px_height * scale)))
        inline = part.new_pic_inline(io.BytesIO(self.content), *size)
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")  # as wide as it is: LibreOffice would add a margin of its own
        inline.docPr.set("name", f"{self.name} {number}")
        inline.docPr.set("descr", self.described)
        return str(inline.xml)


class _Placed:
    """The picture as Jinja prints it: it closes the run it stands in, and opens another."""

    def __init__(self, document: "_Document", picture: Picture) -> None:
        self._document = document
        self._picture = picture
        self._count = 0

    def __html__(self) -> str:
        self._count += 1
        drawn = self._picture.drawn(self._document.current_rendering_part, self._count)
        return (
            f'</w:t></w:r><w:r><w:drawing>{drawn}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
        )


class _Cage(ImmutableSandboxedEnvironment):
    """`a.b` and `a["b"]` read a key of a dictionary, an item of a list, a counter of a loop."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self._found(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self._found(obj, argument)

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def _found(self, obj: Any, key: Any) -> Any:
        if isinstance(obj, dict) and isinstance(key, str) and key in obj:
            return obj[key]
        if isinstance(obj, list) and isinstance(key, int) and -len(obj) <= key < len(obj):
            return obj[key]
        if isinstance(obj, LoopContext) and key in LOOP:
            return getattr(obj, key)
        return self.undefined(obj=obj, name=str(key))


def cage() -> _Cage:
    """A new environment: nothing but a few filters and tests, and no global name at all."""
    made = _Cage(autoescape=True, undefined=ChainableUndefined, finalize=_printed)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def _printed(value: Any) -> Any:
    """What a tag prints: texts without what XML cannot hold, lists of texts joined, no Python."""
    match value:
        case Markup() | _Placed() | Undefined():
            return value
        case str():
            return Markup(escape(_ILLEGAL.sub("", value)))  # noqa: S704  # just escaped
        case bool() | None:
            return ""
        case int() | float():
            return value
        case list():
            return _printed(", ".join(one for one in value if isinstance(one, str)))
        case _:
            return ""


class _Document(DocxTemplate):  # type: ignore[misc]  # docxtpl ships no types
    """docxtpl, with tags mended, faults placed, and no second reading of what was written."""

    def patch_xml(self, src_xml: str) -> str:
        return mended(super().patch_xml(src_xml))

    def render_xml_part(
        self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None
    ) -> str:
        self.current_rendering_part = part
        source = _PARAGRAPH.sub("\n<w:p", src_xml)
        try:
            made = jinja_env.from_string(source).render(context)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # whatever a template does is its fault
            raise Unfillable(str(error), _place(error, source)) from error
        return str(self.resolve_listing(_MARKED.sub("", made)))

    def fill(self, context: Mapping[str, Any], environment: Any) -> None:
        self.render_init()
        body = self.build_xml(context, environment)
        _well_formed(body)
        tree = self.fix_tables(body)
        self.fix_docpr_ids(tree)
        self.map_tree(tree)
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for key, xml in list(self.build_headers_footers_xml(context, uri, environment)):
                _well_formed(xml)
                self.map_headers_footers_xml(key, xml)
        for part in self.docx.part.package.iter_parts():
            if part.content_type == CONTENT_TYPE.WML_FOOTNOTES:
                xml = self.render_xml_part(
                    self.patch_xml(part.blob.decode()), part, context, environment
                )
                _well_formed(xml)
                part._blob = xml.encode()  # noqa: SLF001  # python-docx offers no other way
        self.is_rendered = True


def fill(template: bytes, found: Data, picture: bytes = b"", photos: Sequence[bytes] = ()) -> bytes:
    """The document that a template makes of `fields`.

    `picture`: the compass, b"" for none; `photos`: those of the field of that name, in its order.
    Raises Unfillable when the template is at fault.
    """
    document = _Document(io.BytesIO(template))
    placed = _Placed(document, Picture(picture, compass_in_words(found))) if picture else ""
    album = [
        one | {"image": _Placed(document, _photo(content, one["legende"]))}
        for one, content in zip(found.get(PHOTOS, ()), photos, strict=False)
    ]
    document.get_docx()
    finish.without_comments(document.docx)
    document.fill({**found, PICTURE: placed, PHOTOS: album}, cage())
    finish.finish(document.docx, found)
    made = io.BytesIO()
    document.docx.save(made)
    return made.getvalue()


def _photo(content: bytes, described: str) -> Picture:
    return Picture(content, described, "photo", PHOTO_WIDTH, PHOTO_HEIGHT)


def _well_formed(xml: str | bytes) -> None:
    """A tag that straddles two cells or two paragraphs can make something that Word refuses."""
    try:
        etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Unfillable("straddles") from error


def _place(error: BaseException, source: str) -> str:
    """The text of the paragraph where Jinja stopped: sources have a line for each paragraph."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace and line is None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = source.split("\n")
    if line is None or not 0 < line <= len(lines):
        return ""
    return re.sub(r"<[^>]+>", "", lines[line - 1])
