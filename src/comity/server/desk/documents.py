"""The documents behind acts: kept in the instance folder under their hash, and never shown as anything but a file."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import FileResponse

from comity.server.desk.acting import Refused
from comity.server.desk.models import Document

__all__ = ["LARGEST", "Bounded", "keep", "media_of", "place_of", "served"]

# In bytes: a scanned instrument with its annexes.
LARGEST: Final = 20_000_000

# With the other fields of the form.
_LARGEST_FORM: Final = LARGEST + 5_000_000

# What the first bytes must be (https://mimesniff.spec.whatwg.org/ has the same for these).
_SIGNS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
)
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tiff",
    "application/zip": ".zip",
    "text/plain": ".txt",
}
# Word processors' files are archives; of which kind is said by what is in them.
_OFFICE: Final = {
    b"word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    b"mimetypeapplication/vnd.oasis.opendocument.text": ("application/vnd.oasis.opendocument.text", ".odt"),
}
_ENDINGS_OF: Final = _ENDINGS | dict(_OFFICE.values())
_UNSAFE: Final = re.compile(r"[^\w .()-]+")
_TAIL: Final = 2048


class Bounded(FileUploadHandler):
    """Refuses a form that is larger than any the portal takes, before it is read: it would fill the disk."""

    def handle_raw_input(
        self,
        input_data: object,
        META: dict[str, str],  # noqa: N803  # as it is called
        content_length: int,
        *_more: object,
    ) -> None:
        """See `FileUploadHandler`. Raises RequestDataTooBig."""
        del input_data, META
        if content_length > _LARGEST_FORM:
            raise RequestDataTooBig(f"a form of {content_length} bytes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """See `FileUploadHandler`: what is not too large goes on to the next."""
        del start
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """See `FileUploadHandler`: another one keeps the file."""
        del file_size


def media_of(head: bytes, tail: bytes) -> str | None:
    """What a file looks like from its first and last bytes, or None for what the desk does not take."""
    for sign, media in _SIGNS:
        if head.startswith(sign):
            if media == "application/pdf" and b"%%EOF" not in tail:
                return None  # cut off, or no PDF at all
            if media == "application/zip":
                return next((kind for mark, (kind, _) in _OFFICE.items() if mark in head), None)
            return media
    # Markup could run where it is opened; a text that is none cannot.
    plain = b"\x00" not in head and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    try:
        (head[:-4] if len(head) > _TAIL else head).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if plain and head else None


def place_of(sha256: str) -> Path:
    """Where a document lies."""
    return Path(settings.COMITY_DOCUMENTS) / sha256[:2] / sha256


def keep(upload: UploadedFile) -> Document:
    """Keep what was sent, under its hash. Raises `Refused` for what is too large, empty or of no known type."""
    if (upload.size or 0) > LARGEST:
        raise Refused("desk.document.large", limit=f"{LARGEST // 1_000_000} MB", status=413)
    folder = Path(settings.COMITY_DOCUMENTS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        half = Path(file.name)
        try:
            sha256, size, media = _taken(upload.chunks(), file.write)
            file.flush()
            os.fsync(file.fileno())
            place = place_of(sha256)
            place.parent.mkdir(exist_ok=True, mode=0o700)
            half.replace(place)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    name = _named(upload.name or "", media)
    return Document.objects.get_or_create(sha256=sha256, defaults={"media": media, "size": size, "name": name})[0]


def _taken(chunks: Iterable[bytes], write: Callable[[bytes], object]) -> tuple[str, int, str]:
    found, size, head, tail = hashlib.sha256(), 0, b"", b""
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST:
            raise Refused("desk.document.large", limit=f"{LARGEST // 1_000_000} MB", status=413)
        found.update(chunk)
        write(chunk)
        head = head or chunk
        tail = (tail + chunk)[-_TAIL:]
    media = media_of(head, tail)
    if media is None:
        raise Refused("desk.document.type", status=415)
    return found.hexdigest(), size, media


def _named(said: str, media: str) -> str:
    """A name without folders or signs that a shell or a header could read, with the ending of what the file is."""
    stem = _UNSAFE.sub("_", Path(said.replace("\\", "/")).stem).strip(". ")[:120]
    return f"{stem or 'document'}{_ENDINGS_OF[media]}"


def served(document: Document) -> FileResponse:
    """The file, to be saved and not shown: what it holds is somebody else's."""
    response = FileResponse(
        place_of(document.sha256).open("rb"),
        as_attachment=True,
        filename=document.name,
        content_type=document.media,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["ETag"] = f'"{document.sha256}"'
    return response
