"""Tiny sounds made in code: real files of the formats that people record in, without a word in them."""

from io import BytesIO

from mutagen.ogg import OggPage

#: One MPEG-1 layer III frame, 32 kbit/s, 44.1 kHz, mono: header and silence.
_FRAME = b"\xff\xfb\x10\xc4" + bytes(100)
_FRAME_SECONDS = 1152 / 44_100


def silent_mp3(seconds: float = 1.0) -> bytes:
    return _FRAME * round(seconds / _FRAME_SECONDS)


def tagged_mp3(seconds: float = 1.0) -> bytes:
    """An MP3 that says where it was made, as phones do."""
    from mutagen.id3 import TIT2
    from mutagen.mp3 import MP3

    buffer = BytesIO(silent_mp3(seconds))
    audio = MP3(buffer)
    audio.add_tags()
    audio.tags.add(TIT2(encoding=3, text=["ghi ở nhà ông trưởng thôn"]))
    buffer.seek(0)
    audio.save(buffer)
    return buffer.getvalue()


def silent_ogg(seconds: float = 1.0) -> bytes:
    """Ogg Opus: head, tags, then packets of 20 ms of silence."""
    head = b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"
    tags = b"OpusTags\x04\x00\x00\x00test\x00\x00\x00\x00"
    pages = [_page(0, [head], 0, first=True), _page(1, [tags], 0)]
    count = round(seconds / 0.02)
    for number, start in enumerate(range(0, count, 50), 2):
        packets = [b"\xf8\xff\xfe"] * min(50, count - start)
        pages.append(_page(number, packets, (start + len(packets)) * 960, last=start + 50 >= count))
    return b"".join(pages)


def _page(number: int, packets: list[bytes], position: int, *, first: bool = False, last: bool = False) -> bytes:
    page = OggPage()
    page.serial, page.sequence, page.position = 1, number, position
    page.packets, page.first, page.last = packets, first, last
    return bytes(page.write())
