"""The village relay pack of an approved campaign: what people who spread the word read out, hang up and post.

The words are those that were approved, shortened by nothing: what changes is only what a loudspeaker or a wall cannot
carry (buttons, codes, abbreviations).
"""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import font_roboto
import segno
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.receipt_codes import new_receipt_code
from content.campaigns import CampaignContent
from content.place_units import load_places
from content.translations import Catalogue, catalogue_for
from scheduler.actors import Actor, Refused
from scheduler.campaigns import content_of, own_campaign
from scheduler.desk import Desk
from scheduler.journal import note
from scheduler.rendering import body_words
from store.campaign_states import CampaignState
from store.clock import local_date
from store.filled_texts import PLACE
from store.queries.campaigns import StoredCampaign
from store.queries.relays import NewRelay, add_relays

if TYPE_CHECKING:
    from fpdf import FPDF


#: Ways of spreading the word.
MEDIA = ("loudspeaker", "poster", "group", "meeting")
#: Read out, an abbreviation is not understood.
_SPOKEN = {
    "UBND": "Ủy ban nhân dân",
    "BHYT": "bảo hiểm y tế",
    "NHCSXH": "Ngân hàng Chính sách xã hội",
    "DTTS": "dân tộc thiểu số",
    "MTTQ": "Mặt trận Tổ quốc",
    "HTX": "hợp tác xã",
    "NĐ": "Nghị định",
    "CP": "Chính phủ",
}
_MARGIN = 18
_DARK = (11, 61, 46)


@dataclass(frozen=True)
class RelayPack:
    """The files of a pack: name to content."""

    files: dict[str, bytes]

    def as_zip(self) -> bytes:
        """All files in one archive."""
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(name, content)
        return data.getvalue()


async def relay_pack(connection: AsyncConnection, desk: Desk, actor: Actor, campaign_id: int) -> RelayPack:
    """Make the pack of a campaign.

    Raises:
        Refused: it is not approved.
    """
    campaign = await own_campaign(connection, actor, campaign_id)
    if campaign.state not in (CampaignState.APPROVED, CampaignState.CLOSED):
        raise Refused("not_sent_yet")
    content = content_of(campaign)
    words = plain_words(content, desk, on=local_date(desk.clock.now()))
    catalogue = catalogue_for("vi")
    where = f"{desk.public_address}/kiem-chung/{campaign.code}"
    return RelayPack(
        {
            "loa-phat-thanh.txt": _loudspeaker(campaign, words, catalogue).encode(),
            "to-roi-A4.pdf": poster(campaign, words, where, content.use_until, catalogue),
            "tin-nhan-nhom.txt": _group_text(campaign, words, where, catalogue).encode(),
            "y-chinh.txt": _talking_points(campaign, content, words, catalogue).encode(),
        }
    )


def plain_words(content: CampaignContent, desk: Desk, *, on: date) -> str:
    """The campaign's own words in Vietnamese, as for somebody of whom nothing is known."""
    known = {"commune": catalogue_for("vi").text("campaign.your_commune")}
    words = body_words(content, on=on, library=desk.library)
    return PLACE.sub(lambda found: known.get(found[1], "…"), words)


def spoken(text: str) -> str:
    """Words as they are read out: no bullets, no abbreviations."""
    for short, long in _SPOKEN.items():
        text = re.sub(rf"(?<!\w){short}(?!\w)", long, text)
    return "\n".join(line.lstrip("•- ").strip() for line in text.splitlines())


def _loudspeaker(campaign: StoredCampaign, words: str, catalogue: Catalogue) -> str:
    return catalogue.text(
        "campaign.relay.loudspeaker",
        organisation=spoken(campaign.organisation_name),
        title=spoken(campaign.title),
        words=spoken(words),
        code=" ".join(campaign.code),
    )


def _group_text(campaign: StoredCampaign, words: str, where: str, catalogue: Catalogue) -> str:
    return catalogue.text(
        "campaign.relay.group",
        organisation=campaign.organisation_name,
        title=campaign.title,
        words=words,
        where=where,
        code=campaign.code,
    )


def _talking_points(campaign: StoredCampaign, content: CampaignContent, words: str, catalogue: Catalogue) -> str:
    points = [line.strip(" •-") for line in words.replace(". ", ".\n").splitlines() if line.strip()]
    until = catalogue.date(content.use_until) if content.use_until else ""
    lines = [catalogue.text("campaign.relay.points", title=campaign.title, organisation=campaign.organisation_name)]
    lines += [f"• {point}" for point in points]
    lines += [catalogue.text("campaign.relay.manners")]
    if until:
        lines.append(catalogue.text("campaign.relay.until", day=until))
    return "\n".join(lines) + "\n"


def poster(campaign: StoredCampaign, words: str, where: str, until: date | None, catalogue: Catalogue) -> bytes:
    """One page of A4 with a QR code that leads to the campaign's public page."""
    # Half a second to load, which only those who make one take.
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_auto_page_break(auto=False)
    page.set_title(campaign.title)
    page.set_lang("vi")
    page.add_font("Roboto", "", font_roboto.font_files["Roboto"])
    page.add_font("Roboto", "B", font_roboto.font_files["RobotoBold"])
    page.add_page()
    page.set_fill_color(*_DARK)
    page.rect(0, 0, 210, 34, style="F")
    page.set_text_color(255, 255, 255)
    page.set_xy(_MARGIN, 12)
    page.set_font("Roboto", "B", 15)
    page.multi_cell(210 - 2 * _MARGIN, 7, campaign.organisation_name.upper(), align="C")
    page.set_text_color(*_DARK)
    page.set_xy(_MARGIN, 44)
    page.set_font("Roboto", "B", _title_size(campaign.title))
    page.multi_cell(210 - 2 * _MARGIN, 13, campaign.title, align="C")
    page.set_text_color(20, 20, 20)
    page.set_xy(_MARGIN, page.get_y() + 8)
    _fit_text(page, words, bottom=205)
    code = segno.make(where, error="m")
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=12, border=2)
    picture.seek(0)
    page.image(picture, x=_MARGIN, y=212, w=58)
    page.set_xy(_MARGIN + 66, 218)
    page.set_font("Roboto", "B", 17)
    page.multi_cell(106, 9, catalogue.text("campaign.relay.scan"))
    page.set_xy(_MARGIN + 66, page.get_y() + 3)
    page.set_font("Roboto", "", 12)
    lines = [catalogue.text("campaign.relay.check", where=where, code=campaign.code)]
    if until is not None:
        lines.append(catalogue.text("campaign.relay.until", day=catalogue.date(until)))
    page.multi_cell(106, 6.5, "\n".join(lines))
    return bytes(page.output())


def _title_size(title: str) -> int:
    return 30 if len(title) <= 60 else 24


def _fit_text(page: "FPDF", words: str, *, bottom: int) -> None:
    """Write the words as large as they fit: a poster is read from two metres."""
    top, width = page.get_y(), 210 - 2 * _MARGIN
    for size in range(30, 9, -1):
        page.set_font("Roboto", "", size)
        height = size * 0.53
        lines = page.multi_cell(width, height, words, align="L", dry_run=True, output="LINES")
        assert isinstance(lines, list)
        if top + len(lines) * height <= bottom or size == 10:
            page.multi_cell(width, height, words, align="L")
            return


async def make_relays(
    connection: AsyncConnection,
    desk: Desk,
    actor: Actor,
    campaign_id: int,
    *,
    places: list[tuple[str, str]],
    media: tuple[str, ...] = MEDIA[:1],
) -> list[NewRelay]:
    """Make a link for each village and medium, with which a relay confirms that it was done.

    Args:
        places: (code of the commune, name of the village).

    Raises:
        Refused: not approved, or no such commune.
    """
    campaign = await own_campaign(connection, actor, campaign_id)
    if campaign.state not in (CampaignState.APPROVED, CampaignState.CLOSED):
        raise Refused("not_sent_yet")
    for commune, _ in places:
        if commune not in load_places().units:
            raise Refused("no_place", place=commune)
    relays = [
        NewRelay(code=new_receipt_code() + new_receipt_code(), commune=commune, village=village.strip(), medium=medium)
        for commune, village in places
        for medium in media
    ]
    now = desk.clock.now()
    await add_relays(connection, campaign_id, relays, by=actor.id, now=now)
    await note(connection, by=actor.id, action="relayed", campaign=campaign_id, now=now, number=len(relays))
    return relays
