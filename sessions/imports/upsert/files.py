"""Files of a paper or a meeting. They are listed, never fetched."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sessions.imports.identity import key
from sessions.imports.records import FileRecord
from sessions.imports.upsert.addresses import web_address
from sessions.imports.writer import Writer, columns
from sessions.models import File, Meeting, Paper

FILE_COLUMNS = {
    "position": "position",
    "name": "name",
    "role": "role",
    "public": "public",
    "size": "size",
    "size_printed": "size_printed",
}


def put_files(parent: Paper | Meeting, records: Iterable[FileRecord], writer: Writer) -> None:
    for record, place in _places(records):
        external_id = f"{_files_of(parent)}:{place}"
        file = writer.settle(File, external_id)
        writer.put(
            file,
            external_id=external_id,
            access_url=web_address(record.url),
            **{"paper_id" if isinstance(parent, Paper) else "meeting_id": parent.pk},
            **columns(FILE_COLUMNS, record),
        )


def move_files(row: Paper, provisional: Paper, writer: Writer) -> None:
    """The files of a paper that goes into another one take their place among those of the other."""
    begin = f"{_files_of(provisional)}:"
    for file in provisional.files.filter(external_id__startswith=begin):
        external_id = f"{_files_of(row)}:{file.external_id.removeprefix(begin)}"
        writer.put(writer.settle(File, external_id, file), external_id=external_id, paper_id=row.pk)


def _places(records: Iterable[FileRecord]) -> Iterator[tuple[FileRecord, str]]:
    """Files have no number that lasts: ALLRIS gives them one per visit. The place among the files lasts.

    Attachments keep their place whether the page lists the document itself before them or not.
    """
    others: Counter[str] = Counter()
    for record in sorted(records, key=lambda record: record.position):
        if record.role == File.Role.ATTACHMENT:
            yield record, f"file-{record.position - others.total()}"
        else:
            others[record.role] += 1
            yield record, f"{record.role}-{others[record.role]}"


def _files_of(parent: Paper | Meeting) -> str:
    return key("paper" if isinstance(parent, Paper) else "meeting", str(parent.pk))
