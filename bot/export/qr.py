"""An address as a picture that a phone reads: PNG for a chat, SVG for a page."""

import io

import segno

MARGIN = 4  # modules of white around: what readers ask for


def png(text: str) -> bytes:
    made = io.BytesIO()
    segno.make_qr(text, error="m").save(made, kind="png", scale=12, border=MARGIN)
    return made.getvalue()


def svg(text: str) -> str:
    """Without its own size: the page gives it one."""
    return segno.make_qr(text, error="m").svg_inline(border=MARGIN, omitsize=True)
