"""Words for places: the office of a commune, the units of a former district, and the question which place is meant."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.messages import Button, OutgoingMessage, SourceReference, Validity
from bot.payloads import make_payload
from content.library import Library
from content.place_units import District, FormerUnit, Place, Unit, load_places
from content.place_words import candidate_title, candidate_words, capitalised, district_name, office_name, place_name
from content.placeholders import document_name
from content.topics import Topic
from content.translations import Catalogue

#: Places offered as buttons. Every former district has at most as many units of today; before the reform they had
#: up to 21, more than anybody scrolls through on a small screen.
MOST_OFFERED = 6

Data = Mapping[str, Any]


class PlaceRenderer:
    """Makes the messages about places."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._places = load_places()
        self.makers: dict[str, Callable[[Data, Catalogue], OutgoingMessage]] = {
            "place_office": self._office,
            "place_district": self._district,
            "place_ask": self._ask,
            "contact_office": self._contact_office,
        }

    def office_line(self, place: str, catalogue: Catalogue) -> str:
        """Return the line under an answer that names the office of the commune or ward `place` (an id)."""
        return catalogue.text("bot.place_where", office=office_name(self._unit(place), self._places, catalogue))

    def _unit(self, place: str) -> Unit | FormerUnit:
        found = self._places.by_id[place]
        assert not isinstance(found, District), "actions name offices of communes and wards only"
        return found

    def _office(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        unit = self._unit(data["place"])
        office = catalogue.text(
            "bot.place_office", office=office_name(unit, self._places, catalogue), where=self._where(catalogue)
        )
        via = self._places.former_units.get(data.get("via") or "")
        if via is not None:
            moved = catalogue.text(
                "bot.place_moved",
                date=catalogue.date(self._places.province.changed_on),
                old=place_name(via, catalogue),
                district=district_name(via, self._places, catalogue),
                unit=place_name(unit, catalogue),
            )
            office = f"{moved}\n\n{office}"
        if data.get("remembered"):
            named_before = catalogue.text("bot.place_remembered", unit=place_name(unit, catalogue))
            office = f"{office}\n\n{named_before}"
        return self._message(office, data, catalogue)

    def _district(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        on = date.fromisoformat(data["on"])
        district = self._places.districts[data["place"]]
        units = self._places.units_of(district, on)
        name = capitalised(place_name(district, catalogue))
        if len(units) > MOST_OFFERED or not self._places.reformed_on(on):
            return self._message(catalogue.text("bot.place_district_ask", district=name), data, catalogue)
        text = catalogue.text(
            "bot.place_district",
            date=catalogue.date(self._places.province.changed_on),
            district=name,
            list=self._list([(unit, None) for unit in units], catalogue),
        )
        return self._message(text, data, catalogue, [(unit, None) for unit in units])

    def _ask(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        candidates = [
            (self._places.by_id[place], self._places.former_units.get(via or "")) for place, via in data["candidates"]
        ][:MOST_OFFERED]
        text = catalogue.text("bot.place_ask", list=self._list(candidates, catalogue))
        return self._message(text, data, catalogue, candidates)

    def _contact_office(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text(
            "bot.contact_office", where=self._where(catalogue), province=self._places.province.former_name
        )
        return self._message(text, data, catalogue, sourced=False)

    def _list(self, candidates: Sequence[tuple[Place, FormerUnit | None]], catalogue: Catalogue) -> str:
        return "\n".join(f"• {candidate_words(place, via, self._places, catalogue)}" for place, via in candidates)

    def _where(self, catalogue: Catalogue) -> str:
        return self._library.offices["commune_peoples_committee"].how_to_reach(catalogue.language.catalogue).strip()

    def _message(
        self,
        text: str,
        data: Data,
        catalogue: Catalogue,
        candidates: Sequence[tuple[Place, FormerUnit | None]] = (),
        *,
        sourced: bool = True,
    ) -> OutgoingMessage:
        """Return the message, with the resolutions behind today's units as its sources."""
        buttons = [
            Button(
                title=candidate_title(place, via, catalogue),
                payload=make_payload(Topic.CONTACT_OFFICE, place=place.id),
            )
            for place, via in candidates
        ]
        buttons.append(Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu")))
        on = date.fromisoformat(data["on"])
        since = self._places.province.changed_on
        is_sourced = sourced and self._places.reformed_on(on)
        return OutgoingMessage(
            text=text,
            buttons=tuple(buttons),
            sources=self._sources(catalogue) if is_sourced else (),
            valid=Validity(valid_from=since.isoformat(), valid_to=None, as_of=data["on"]) if is_sourced else None,
            topic=data.get("topic"),
            intent=data.get("intent"),
            confidence=data.get("confidence"),
        )

    def _sources(self, catalogue: Catalogue) -> tuple[SourceReference, ...]:
        documents = (self._library.documents[name] for name in self._places.province.documents)
        return tuple(
            SourceReference(
                document=document_name(document, catalogue),
                title=document.title.in_language(catalogue.language.catalogue),
                url=document.url,
            )
            for document in documents
        )
