"""What staff changed beside the shipped files, and the way back into them: an archive for whoever keeps the files."""

from nicegui import ui

from bot.policy.revisions import as_revision, usable
from console.policy.history import revisions_table
from console.shell.frame import section
from console.shell.visit import Visit
from console.shell.words import paragraph
from content.revisions import zipped_revisions
from store.queries.content_revisions import revisions_in_force


async def draw_changed_files(visit: Visit) -> None:
    """Draw revisions that are told instead of the shipped files; nothing where there are none."""
    async with visit.reading() as connection:
        rows = await revisions_in_force(connection)
    if not rows:
        return

    def fetch() -> None:
        library = visit.parts.library
        packed = zipped_revisions(library, usable(library, [as_revision(row) for row in rows]))
        ui.download.content(packed, f"content-{visit.today.isoformat()}.zip", "application/zip")

    with section(visit.t("policy.page.changed_files")):
        paragraph(visit.t("policy.page.changed_files_how"))
        revisions_table(visit, rows, with_name=True)
        ui.button(visit.t("policy.page.fetch_files"), icon="download", on_click=fetch).props("outline")
