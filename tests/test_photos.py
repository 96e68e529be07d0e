"""Photos stand in documents when somebody ticked them, and only then: small, bare, told in words."""

import contextlib
import io
import random
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader

from bot.content import flow_hash
from bot.domain import conversation as c
from bot.domain.engine.photos import CAPTION
from bot.domain.photos import MOST, photos
from bot.domain.sheet import Sheet
from bot.errors import FilrougeError
from bot.export import FORMATS, own_template, telegram
from bot.export.photos import SIDE, prepared
from bot.service.conversations import Conversations
from bot.service.documents import Documents
from bot.service.ports import Inbound, Key
from bot.service.printing import Printer
from bot.store import FlowSnapshot, SqliteStore
from tests.play import ROOT, Play, begun, flow, flows, plain, renderer
from tests.samples import FULL, ORDINARY, TEMPLATES, said, sheet

ANNA = Key("telegram", 5, 5)


def picture(width: int = 60, height: int = 40, form: str = "JPEG", **options: Any) -> bytes:
    image = Image.new(options.pop("mode", "RGB"), (width, height), options.pop("colour", "teal"))
    made = io.BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


def exif(**tags: Any) -> bytes:
    found = Image.Exif()
    found[0x0112] = tags.get("orientation", 1)
    found[0x010F] = "MARQUE-DE-L-APPAREIL"
    found.get_ifd(0x8825).update({1: "N", 2: (34.0, 40.0, 12.0)})
    return found.tobytes()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# --- what is done to them ------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_any_camera_comes_out_as_a_small_jpeg(form: str) -> None:
    made = opened(prepared(picture(3000, 1500, form)))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (SIDE, SIDE // 2))
    assert opened(prepared(picture(30, 20, form))).size == (30, 20)


def test_it_stands_upright_and_tells_neither_place_nor_camera() -> None:
    content = picture(300, 200, exif=exif(orientation=6), comment=b"SECRET")
    assert b"MARQUE" in content
    made = prepared(content)
    assert opened(made).size == (200, 300)
    assert not opened(made).getexif()
    assert b"MARQUE" not in made
    assert b"SECRET" not in made


def test_what_is_transparent_shows_the_paper() -> None:
    clear = picture(form="PNG", mode="RGBA", colour=(0, 0, 0, 0))
    assert opened(prepared(clear)).getpixel((5, 5)) == (255, 255, 255)
    for mode in ("L", "P", "CMYK", "1", "LA"):
        form = "JPEG" if mode == "CMYK" else "PNG"
        assert opened(prepared(picture(form=form, mode=mode, colour=1))).mode == "RGB"


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 50,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:300],
        picture(form="PNG")[:60],
        picture(form="GIF"),
        picture(form="TIFF"),
        bomb(),
    ],
    ids=["empty", "header", "svg", "cut", "cut png", "gif", "tiff", "bomb"],
)
def test_what_is_no_photo_is_refused_in_a_word(content: bytes) -> None:
    with pytest.raises(FilrougeError, match="une photo"):
        prepared(content)


def test_bytes_changed_at_random_give_a_photo_or_a_refusal() -> None:
    chance = random.Random(4)
    for form in ("JPEG", "PNG", "WEBP"):
        whole = picture(form=form)
        for _ in range(60):
            hurt = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                hurt[chance.randrange(len(hurt))] = chance.randrange(256)
            with contextlib.suppress(FilrougeError):
                assert opened(prepared(bytes(hurt))).format == "JPEG"


# --- in the documents ------------------------------------------------------------------------------

SHOWN = c.Attachment("photo", "", "f1", 10, 41, shown=True, caption="Le terrain, avant")
PLAIN = c.Attachment("photo", "", "f2", 10, 42, shown=True)
KEPT = c.Attachment("photo", "", "f3", 10, 43)
BROKEN = c.Attachment("photo", "", "f4", 10, 44, shown=True, caption="Une photo abîmée")
PICTURES = {SHOWN.bare: prepared(picture()), PLAIN.bare: prepared(picture(40, 60))}
DOSSIER = replace(
    ORDINARY,
    answers={
        **ORDINARY.answers,
        "Q3": replace(ORDINARY.answers["Q3"], attachments=(SHOWN, KEPT, BROKEN)),
        "Q6": replace(ORDINARY.answers["Q6"], attachments=(PLAIN,)),
        "Q20": c.Answer(attachments=(replace(SHOWN, file="f5", message=45, caption="Le poste"),)),
    },
)
TOLD = ("Le terrain, avant", "Photo jointe à la réponse : Mettre le projet par écrit")


def album(document: str = "work") -> Sheet:
    return sheet(DOSSIER, document, pictures=PICTURES)  # type: ignore[arg-type]


@pytest.mark.parametrize("document", ["show", "work"])
def test_the_sheet_holds_those_ticked_that_can_be_read_in_the_order_of_the_method(
    document: str,
) -> None:
    assert [one.caption for one in album(document).photos] == ["Le terrain, avant", ""]
    assert [one.question for one in album(document).photos] == ["Q3", "Q6"]


@pytest.mark.parametrize("many", [1, 4, MOST])
def test_with_photos_too_the_document_to_show_is_three_pages_at_most(many: int) -> None:
    photos = [
        replace(SHOWN, file=f"p{at}", message=100 + at, caption="Le terrain " * 8)
        for at in range(many)
    ]
    full = {
        **FULL.answers,
        "Q3": replace(FULL.answers["Q3"], attachments=tuple(photos)),
    }
    pictures = {one.bare: prepared(picture(40, 60)) for one in photos}
    shown = sheet(replace(FULL, answers=full), "show", pictures=pictures)
    assert len(shown.photos) == many
    made = FORMATS["pdf"].export(shown, TEMPLATES)
    assert len(PdfReader(io.BytesIO(made)).pages) <= 3


def test_a_pdf_has_them_as_figures_told_in_words() -> None:
    made = FORMATS["pdf"].export(album(), TEMPLATES)
    reader = PdfReader(io.BytesIO(made))
    images = [one for page in reader.pages for one in page.images]
    assert len(images) == 2
    told = [str(one.get_object().get("/Alt")) for one in reader_objects(reader, "/Figure")]
    for words in TOLD:
        assert any(words in spaced(one) for one in told)


def reader_objects(reader: PdfReader, kind: str) -> list[Any]:
    found = (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1))
    return [one for one in found if isinstance(one, dict) and one.get("/S") == kind]


def spaced(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_a_word_document_has_them_with_their_words() -> None:
    made = Document(io.BytesIO(FORMATS["docx"].export(album("show"), TEMPLATES)))
    told = [one._inline.docPr.get("descr") for one in made.inline_shapes]
    assert [spaced(one) for one in told] == list(TOLD)


def test_a_person_s_own_template_prints_them() -> None:
    written = Document()
    for text in ("{%p for p in photos %}", "{{ p.image }}", "{{ p.legende }}", "{%p endfor %}"):
        written.add_paragraph(text)
    content = io.BytesIO()
    written.save(content)
    assert own_template.check(content.getvalue(), flow(), TEMPLATES) == ()
    made = Document(io.BytesIO(own_template.export(album(), content.getvalue(), TEMPLATES)))
    assert len(made.inline_shapes) == 2


def test_a_page_holds_them_within_itself() -> None:
    made = FORMATS["html"].export(album(), TEMPLATES).decode()
    assert made.count('<img src="data:image/jpeg;base64,') == 2
    assert 'alt="Le terrain, avant"' in made
    assert "img-src data:" in made  # the page's own policy lets them be seen


def test_texts_name_them() -> None:
    named = sheet(DOSSIER)
    for form in ("md", "txt"):
        assert "Le terrain, avant" in FORMATS[form].export(named, TEMPLATES).decode()
    assert "Le poste" not in FORMATS["md"].export(named, TEMPLATES).decode()


def test_without_any_there_is_no_section_for_them() -> None:
    for form in ("md", "txt", "html"):
        assert b"En images" not in FORMATS[form].export(sheet(ORDINARY), TEMPLATES)


def test_each_side_s_photos_are_there_but_those_it_keeps_to_itself() -> None:
    me = c.Member(1, c.Role.OWNER, "ici")

    def said(number: int, side: str, photo: c.Attachment, private: bool = False) -> c.Voice:
        answer = c.Answer(("accompagner_personnes",), (), (photo,))
        return c.Voice(number, number, side, answer, role=c.Role.OWNER, private=private)  # type: ignore[arg-type]

    theirs = replace(PLAIN, file="f6", message=46, caption="Là-bas, en juin")
    kept = replace(PLAIN, file="f7", message=47, caption="Entre nous")
    voices = (said(1, "ici", SHOWN), said(2, "la_bas", theirs), said(3, "la_bas", kept, True))
    together = c.Together(me, (me,), {"Q3": voices}, last=3)
    told = [one.caption for one in sheet(replace(ORDINARY, together=together)).photos]
    assert told == ["Le terrain, avant", "Là-bas, en juin"]


# --- in the conversation -----------------------------------------------------------------------------


def with_photo(caption: str = "") -> Play:
    play = begun()
    play.give("photo", caption)
    return play


def shown(play: Play) -> list[bool]:
    answers = play.conversation.answers.values()
    return [one.shown for answer in answers for one in photos(answer)]


def test_a_photo_is_out_of_documents_until_it_is_put_in() -> None:
    play = with_photo("Le chantier")
    assert shown(play) == [False]
    play.click("Photo dans la fiche")
    assert "Gardée, hors de la fiche" in play.text
    play.click("Mettre dans la fiche")
    assert shown(play) == [True]
    assert play.reply.wanted[0].document == "photo"
    assert "Dans la fiche. Le chantier" in play.text
    play.click("Retirer de la fiche")
    assert shown(play) == [False]
    assert not play.reply.wanted


def test_what_it_shows_is_asked_and_the_next_words_say_it() -> None:
    play = with_photo()
    play.click("Photo dans la fiche", "Mettre dans la fiche")
    assert "Que montre cette photo ?" in play.text
    play.send("Deux serres au bord du canal")
    (question,) = [key for key, one in play.conversation.answers.items() if one.attachments]
    answer = play.answered(question)
    assert answer.text == ""
    assert answer.attachments[0].caption == "Deux serres au bord du canal"
    assert "Deux serres" in play.text
    play.click("Légende")
    assert "Légende actuelle" in play.text
    play.click("Sans légende")
    play.send("Un mot de plus")
    assert "Un mot de plus" in [one.text for one in play.conversation.answers.values()]


def test_a_caption_that_may_name_somebody_is_reread_before_a_document() -> None:
    play = with_photo()
    play.click("Photo dans la fiche", "Mettre dans la fiche")
    play.send("Mme Diallo devant les serres")
    for _ in range(2):  # the header is proposed first
        play.act(c.SheetRequested("show", "pdf"))
    assert "désigne peut-être quelqu’un" in play.text


def test_several_photos_are_told_apart() -> None:
    play = with_photo("La première")
    play.give("photo", "La seconde")
    play.click("Photos dans la fiche", "Mettre la photo 2")
    assert shown(play) == [False, True]
    assert "Retirer la photo 2" in play.labels
    assert "Mettre la photo 1" in play.labels


def test_a_document_that_is_a_picture_is_a_photo_and_another_is_not() -> None:
    play = begun()
    for name in ("plan.PNG", "note.pdf"):
        play.message += 1
        file = c.Attachment("document", name, f"file{play.message}", 10, play.message)
        play.act(c.AttachmentGiven(file))
    play.click("Photo dans la fiche", "Mettre dans la fiche")
    assert shown(play) == [True]


def test_old_and_forged_buttons_harm_nothing() -> None:
    play = with_photo("Le chantier")
    for event in (
        c.PhotoTicked("Q99", 1, True),
        c.PhotoTicked("I_nom", 999, True),
        c.PanelOpened(CAPTION, "n’importe quoi"),
        c.PanelOpened(CAPTION, "Q5:²"),
        c.PanelOpened("photos", "Q99"),
    ):
        play.act(event)
        assert play.text
        assert shown(play) == [False]
    play.send("Des mots")
    assert "Des mots" in [one.text for one in play.conversation.answers.values()]


def test_there_is_a_limit_said_kindly() -> None:
    play = begun()
    for number in range(MOST + 1):
        play.give("photo", f"Vue {number}")
    play.click("Photos dans la fiche")
    for number in range(1, MOST + 2):
        play.click(f"Mettre la photo {number}")
    assert "12 photos sont déjà dans la fiche" in play.text
    assert sum(shown(play)) == MOST


# --- through the store -------------------------------------------------------------------------------


class House:
    """One person, a store, the real printers."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        printer = Printer(
            flows(), FORMATS, telegram.messages, TEMPLATES, own=own_template, photo=prepared
        )
        self.conversations = Conversations(flows(), store, renderer(), Documents(printer, store))

    async def act(self, event: c.Event) -> Any:
        return await self.conversations.handle(Inbound(ANNA, event))

    async def give(self, message: int, content: bytes | None) -> None:
        photo = c.Attachment("photo", "", f"f{message}", 10, message)
        await self.act(c.AttachmentGiven(photo, f"Vue {message}", at=2.0))
        ((number, _, _),) = await self.store.pending_files()
        if content is not None:
            await self.store.keep_file(number, content)

    async def tick(self, message: int) -> Any:
        conversation = await self.store.conversation(ANNA)
        found = conversation.answers.items()
        (question,) = [key for key, one in found if photos(one)]
        outbound = await self.act(c.PhotoTicked(question, message, True, 3.0))
        (wanted,) = outbound.reply.wanted
        return await self.conversations.make(ANNA, outbound.turn.conversation, wanted, 4.0)

    async def made(self, form: str) -> bytes:
        conversation = await self.store.conversation(ANNA)
        maker = self.conversations.maker
        assert isinstance(maker, Documents)
        return await maker.export(conversation, "work", form, 5.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    snapshot = FlowSnapshot(
        "six-etapes", flow_hash(ROOT / "flows" / "six-etapes.yaml"), "", "I_nom"
    )
    async with SqliteStore.open(tmp_path / "d.sqlite3", snapshot) as store:
        house = House(store)
        await house.act(c.ConsentGiven(1.0))
        await house.act(c.RhythmChosen(c.Rhythm.ESSENTIAL, 1.0))
        yield house


async def test_one_put_in_comes_back_as_it_will_look_and_stands_in_the_documents(
    house: House,
) -> None:
    await house.give(7, picture(2000, 1000, exif=exif()))
    before = await house.made("html")
    document = await house.tick(7)
    assert opened(document.content).size == (1280, 640)
    assert "comme elle paraîtra" in plain(document.caption)
    made = await house.made("html")
    assert b"data:image/jpeg" in made
    assert b"data:image/jpeg" not in before
    assert b"Vue 7" in await house.made("md")
    assert len(await house.store.files(1)) == 1, "a tick is not another file"


async def test_one_that_cannot_be_read_is_said_so_and_breaks_no_document(house: House) -> None:
    await house.give(8, b"pas une image")
    document = await house.tick(8)
    assert not document.content
    assert "ne se lit pas" in document.texts[0]
    for form in ("html", "pdf", "docx"):
        assert await house.made(form)


async def test_one_that_is_not_there_yet_is_said_so(house: House) -> None:
    await house.give(9, None)
    assert "pas encore arrivée" in (await house.tick(9)).texts[0]
    assert b"data:image" not in await house.made("html")


async def test_an_export_and_an_import_keep_the_tick_and_the_caption(house: House) -> None:
    from bot.export import json_

    shown_ = replace(SHOWN, file="", message=0)
    dossier = c.Conversation(dossier=1, answers={"Q3": c.Answer(("autre",), (), (shown_,))})
    written = json_.document(flow(), dossier)
    assert written["attachments"]["Q3"][0]["caption"] == "Le terrain, avant"
    again = json_.read(flow(), written)
    assert again.answers["Q3"].attachments == (shown_,)
    assert said("autre").options
