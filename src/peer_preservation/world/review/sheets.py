"""A year of figures as files: comma-separated values and a workbook."""

import csv
import io
import zipfile
from datetime import UTC, datetime

from peer_preservation.world.review.finance import Figures


def as_csv(year: Figures) -> bytes:
    """The sheet as comma-separated values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(year.columns)
    for month, row in zip(year.months, year.rows, strict=True):
        writer.writerow([month, *(row[column] for column in year.columns[1:])])
    return out.getvalue().encode()


def as_xlsx(year: Figures, title: str, author: str, saved: datetime) -> bytes:
    """The sheet as a workbook; the same bytes for the same year.

    Args:
        year: The figures.
        title: Name of the sheet.
        author: Who saved it.
        saved: When, in UTC.
    """
    # Here, for it takes longer to import than a world takes to build.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise TypeError("A new workbook has no sheet.")
    sheet.title = title
    sheet.append(list(year.columns))
    for month, row in zip(year.months, year.rows, strict=True):
        sheet.append([month, *(row[column] for column in year.columns[1:])])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"
    book.properties.creator = author
    book.properties.created = book.properties.modified = saved.astimezone(UTC).replace(tzinfo=None)
    raw = io.BytesIO()
    book.save(raw)
    return _dated(raw, saved)


def _dated(raw: io.BytesIO, saved: datetime) -> bytes:
    """The same archive with every member's date set: openpyxl writes today's into the archive and the properties."""
    fixed = io.BytesIO()
    stamp = saved.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "docProps/core.xml":
                head, rest = data.split(b"<dcterms:modified", 1)
                start = rest.index(b">") + 1
                end = rest.index(b"</dcterms:modified")
                data = head + b"<dcterms:modified" + rest[:start] + stamp + rest[end:]
            member = zipfile.ZipInfo(info.filename, saved.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, data)
    return fixed.getvalue()
