"""A photo made fit for documents: upright, scaled down, with nothing but its pixels left.

What comes in is a file that somebody sent: called in a process of the press, whose time and memory are
bounded.
"""

import io
from base64 import b64encode

from PIL import Image, ImageOps

from bot.errors import FilrougeError

SIDE = 1280  # pixels of the longer side: half a page of paper at 300 dots an inch
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 60_000_000
PAPER = (255, 255, 255)


def prepared(content: bytes) -> bytes:
    """The photo as a JPEG. Raises FilrougeError for what is not one, or is beyond measure."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise FilrougeError("une photo est démesurée")
            image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded at a fraction of its size
            return _jpeg(_on_paper(ImageOps.exif_transpose(_small(image))))
    except FilrougeError:
        raise
    except Exception as error:  # every decoder has faults of its own
        raise FilrougeError("une photo ne se lit pas") from error


def drawing(photo: bytes) -> bytes:
    """The same as SVG: typst takes files in memory only when they are texts."""
    with Image.open(io.BytesIO(photo)) as image:
        size = f'width="{image.width}" height="{image.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<image {size} href="{inline(photo)}"/></svg>'
    ).encode()


def inline(photo: bytes) -> str:
    """As an address that holds it whole."""
    return f"data:image/jpeg;base64,{b64encode(photo).decode()}"


def blank() -> bytes:
    """One to try a template with."""
    return _jpeg(Image.new("RGB", (4, 3), PAPER))


def _small(image: Image.Image) -> Image.Image:
    image.load()
    image.thumbnail((SIDE, SIDE))
    return image


def _on_paper(image: Image.Image) -> Image.Image:
    """What is transparent shows the paper."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    upper = image.convert("RGBA")
    paper = Image.new("RGB", upper.size, PAPER)
    paper.paste(upper, mask=upper.getchannel("A"))
    return paper


def _jpeg(image: Image.Image) -> bytes:
    """Pixels alone: the place, the date, the camera and the thumbnail stay behind."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    made = io.BytesIO()
    bare.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()
