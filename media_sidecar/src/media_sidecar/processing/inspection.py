"""What an uploaded file is, and its poster. Runs in a worker process only."""

import dataclasses
import zipfile
from pathlib import Path

from . import office
from .jobs import Inspection, InspectJob, Unusable
from .photos import inspect_photo
from .recordings import inspect_recording
from .signatures import Sniffed

_PDF_END = 2048


def inspect(job: InspectJob) -> Inspection:
    """Look at a whole file.

    :raises Unusable: ``damaged`` where nothing of it can be shown, ``too_many_pixels`` or ``dangerous``
    """
    path, folder = Path(job.source), Path(job.folder)
    if job.sniffed.kind == "document":
        return _inspect_document(path, job.sniffed)
    if job.sniffed.kind == "photo":
        return inspect_photo(path, folder, job.sniffed)
    return inspect_recording(path, folder, job.sniffed)


def _inspect_document(path: Path, sniffed: Sniffed) -> Inspection:
    """Documents are kept as they are and only ever downloaded; those that carry macros are refused."""
    inspection = Inspection("document", sniffed.mime, sniffed.extension)
    if sniffed.extension in office.KNOWN:
        found = _inspect_office(path)
        return dataclasses.replace(inspection, mime=found.mime, extension=found.extension)
    if sniffed.extension == "pdf" and b"startxref" not in _last_bytes(path, _PDF_END):
        return dataclasses.replace(
            inspection, problems=("The end of the PDF is missing. Some programs may not open it.",)
        )
    return inspection


def _inspect_office(path: Path) -> Sniffed:
    try:
        found = office.recognise_file(path)
    except office.HasMacros:
        raise Unusable(
            "dangerous", "The document holds macros or a program. Send it as a PDF, or without macros."
        ) from None
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unusable("damaged", "The document is damaged or not all there. Send it again.") from error
    if found is None:
        raise Unusable("wrong_type", "The archive holds no document. Send a PDF, or the files themselves.")
    return found


def _last_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - count))
        return file.read()
