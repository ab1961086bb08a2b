"""QR pictures: PNG for messengers and pages, SVG paths for documents."""

import io

import segno

#: Pixels of a picture's side: what a phone shows without scaling. Read by banking apps down to 200.
SIDE = 480
#: Quiet zone in modules that ISO/IEC 18004 asks for.
_BORDER = 4


def qr_png(payload: str, *, side: int = SIDE) -> bytes:
    """Return a square picture of at most `side` pixels, with whole pixels per module so that it stays sharp."""
    code = segno.make_qr(payload, error="m", boost_error=True)
    modules = code.symbol_size(scale=1, border=_BORDER)[0]
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=max(1, side // int(modules)), border=_BORDER)
    return picture.getvalue()


def qr_matrix(payload: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a picture without its quiet zone, for drawing it elsewhere; True is dark."""
    return tuple(tuple(bool(cell) for cell in row) for row in segno.make_qr(payload, error="m").matrix)
