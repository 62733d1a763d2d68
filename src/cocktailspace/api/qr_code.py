"""Addresses as QR codes."""

import io

import segno


def qr_code(text: str) -> bytes:
    """The text as an SVG image: black on white, with the quiet zone that readers need."""
    image = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(image, kind="svg", light="#fff", xmldecl=False, omitsize=True)
    return image.getvalue()
