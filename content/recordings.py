"""Recorded speech: audio files by their content, and which text version each of them reads aloud.

    <folder>/files/<hash>.ogg                        the sound, named by its own content, never changed
    <folder>/<language>/<id>.<fingerprint>.json      what it reads, who spoke, when, how long

A recording belongs to one fingerprint. When the words or a number in them change, it is not played any more.
"""

import hashlib
import os
import tempfile
import unicodedata
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from mutagen import MutagenError
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from pydantic import BaseModel, ConfigDict, ValidationError

from content.yaml_files import ContentError

#: Bytes. Three minutes of speech in Opus at 32 kbit/s are 720 KB; a village's 3G carries this in half a minute.
LARGEST_RECORDING = 1024 * 1024
#: Seconds. Shorter is a slip of the finger; longer is not listened to.
SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 180.0
#: Hexadecimal digits of the SHA-256 that name a file.
HASH_LENGTH = 40

MEDIA_TYPES = {"ogg": "audio/ogg", "mp3": "audio/mpeg"}


class Recording(BaseModel):
    """One recording of one text version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    fingerprint: str
    file: str
    speaker: str
    recorded_on: date
    seconds: float


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio that was looked at: its bytes without tags, kind (`ogg`, `mp3`) and length."""

    content: bytes
    kind: str
    seconds: float

    @property
    def file(self) -> str:
        return f"{hashlib.sha256(self.content).hexdigest()[:HASH_LENGTH]}.{self.kind}"


def read_sound(file: Path) -> Sound:
    """Return the audio of a file, judged by what is in it and not by its name. Tags (places, phones) are taken off.

    Raises:
        ContentError: it is no Ogg Opus, Ogg Vorbis or MP3, broken, too large, too short or too long.
    """
    try:
        size = file.stat().st_size
        if size > LARGEST_RECORDING:
            raise ContentError(
                file,
                f"has {size // 1024} KB; at most {LARGEST_RECORDING // 1024} KB may be sent to cheap phones.",
                "Save it as mono Opus or MP3 with 32 kbit/s, or read a shorter text.",
            )
        content = file.read_bytes()
    except OSError as error:
        raise ContentError(file, f"cannot be read ({error.strerror}).") from error
    buffer = BytesIO(content)
    audio: OggOpus | OggVorbis | MP3
    try:
        if content.startswith(b"OggS"):
            audio = OggOpus(buffer) if b"OpusHead" in content[:200] else OggVorbis(buffer)
            kind = "ogg"
        else:
            audio, kind = MP3(buffer), "mp3"
            if audio.info.sketchy:
                raise MutagenError("no MP3 frames")
        seconds = float(audio.info.length)
        buffer.seek(0)
        audio.delete(buffer)
    except MutagenError as error:
        raise ContentError(
            file, "is no sound in Ogg (Opus, Vorbis) or MP3.", "Save the recording as .mp3 or .ogg."
        ) from error
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise ContentError(
            file,
            f"lasts {seconds:.1f} s; allowed are {SHORTEST_SECONDS} to {LONGEST_SECONDS:.0f} s.",
            "Record it again, or split the text.",
        )
    return Sound(buffer.getvalue(), kind, round(seconds, 1))


class Recordings:
    """The recordings in a folder. What is added there is heard without a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[int, dict[str, tuple[Recording, ...]]]] = {}

    def of(self, language: str) -> dict[str, tuple[Recording, ...]]:
        """Return the recordings of a language whose sound is there, by id of the text."""
        folder = self.folder / language
        try:
            changed = folder.stat().st_mtime_ns
        except OSError:
            return {}
        known = self._read.get(language)
        if known is None or known[0] != changed:
            known = (changed, self._load(folder))
            self._read[language] = known
        return known[1]

    def _load(self, folder: Path) -> dict[str, tuple[Recording, ...]]:
        found: dict[str, tuple[Recording, ...]] = {}
        for file in sorted(folder.glob("*.json")):
            try:
                recording = Recording.model_validate_json(file.read_bytes())
            except (OSError, ValidationError):
                # A half-copied entry must not silence the bot; the report counts it as missing.
                continue
            if (self.folder / "files" / recording.file).is_file():
                found[recording.id] = (*found.get(recording.id, ()), recording)
        return found

    def add(
        self, language: str, sound: Sound, *, identifier: str, fingerprint: str, speaker: str, on: date
    ) -> Recording:
        """Keep a sound and bind it to a text version. Replaces what was recorded for the same version."""
        recording = Recording(
            id=identifier,
            fingerprint=fingerprint,
            file=sound.file,
            speaker=unicodedata.normalize("NFC", speaker.strip()),
            recorded_on=on,
            seconds=sound.seconds,
        )
        _write_whole(self.folder / "files" / sound.file, sound.content)
        entry = self.folder / language / f"{identifier.replace(':', '~')}.{fingerprint}.json"
        _write_whole(entry, recording.model_dump_json(indent=2).encode() + b"\n")
        self._read.pop(language, None)
        return recording


def _write_whole(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(file)
