"""Words and recordings of the person's language in what the bot says, and which languages may be chosen."""

from dataclasses import dataclass
from datetime import date

from bot.messages import Button
from bot.payloads import make_payload
from content.answers import Answer
from content.human_languages import HumanLanguages, Standing
from content.translations import COMPLETE_LANGUAGES, LANGUAGES, Catalogue, catalogue_for

#: Where `/audio/…` addresses begin.
AUDIO_PATH = "/audio"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer's text in a language, with a line about what is not there yet, and its recording."""

    text: str
    note: str | None
    audio: str | None

    @property
    def paragraphs(self) -> list[str]:
        """Return the text, and the note where there is one."""
        return [self.text] if self.note is None else [self.text, self.note]


class SpokenLanguages:
    """What people translated and recorded, put into messages."""

    def __init__(self, human: HumanLanguages) -> None:
        self._human = human

    def told(self, answer: Answer, language: str) -> Told:
        """Return an answer's text as people translated it, else in Vietnamese with a line that says why."""
        if not self._human.has_anything(language):
            note = None if language in COMPLETE_LANGUAGES else self._note("translation_missing", language)
            return Told(answer.text(language), note, None)
        work = self._human.work_on(language, self._human.unit_of(answer))
        key = None
        translated = None
        if language not in COMPLETE_LANGUAGES:
            translated = self._human.translated(answer, language)
            if work.translation_standing is Standing.OUTDATED:
                key = "translation_renewed"
            elif translated is None and work.recording_standing is Standing.MISSING:
                key = "translation_missing"
        if key is None and work.recording_standing is Standing.OUTDATED:
            key = "recording_renewed"
        audio = None
        if work.recording is not None and _says_all(answer):
            audio = f"{AUDIO_PATH}/{work.recording.file}"
        note = self._note(key, language) if key is not None else None
        return Told(translated or answer.text(language), note, audio)

    def announced(self, answer: Answer, language: str) -> str:
        """Return what an answer says of the coming change, as people translated it, else in Vietnamese."""
        assert answer.upcoming is not None
        return self._human.translated_announcement(answer, language) or answer.upcoming.text(language)

    def audio_of(self, key: str, language: str) -> str | None:
        """Return the address of the recording of a message of the bot's own."""
        if not self._human.has_anything(language):
            return None
        unit = self._human.message(key)
        recording = self._human.work_on(language, unit).recording if unit is not None else None
        return f"{AUDIO_PATH}/{recording.file}" if recording is not None else None

    def is_offered(self, language: str, on: date) -> bool:
        """Return whether a language may be chosen: it is complete, or something in it is current that day."""
        return language in self._human.offered(on)

    def minorities(self, on: date) -> tuple[str, ...]:
        """Return the minority languages that may be chosen that day."""
        return tuple(code for code in self._human.offered(on) if code not in COMPLETE_LANGUAGES)

    def buttons(self, catalogue: Catalogue, on: date) -> list[Button]:
        """Return a button for each language that may be chosen, but the present one, each in its own name."""
        return [
            Button(title=self._title(code), payload=make_payload("change_language", language=code))
            for code in self._human.offered(on)
            if code != catalogue.language.code
        ]

    @staticmethod
    def _title(code: str) -> str:
        if code in COMPLETE_LANGUAGES:
            return catalogue_for(code).text(f"bot.button.language.{code}")
        return LANGUAGES[code].name

    @staticmethod
    def _note(key: str, language: str) -> str:
        return catalogue_for(language).text(f"bot.{key}", language=LANGUAGES[language].name)


def _says_all(answer: Answer) -> bool:
    """False where the answer carries a warning that the recording does not speak: the listener would miss it."""
    return answer.aspect_answered and not answer.stale and not any(source.replaced_by for source in answer.sources)
