"""Files: what was uploaded, by whom, under which id, and which of them Telegram accepts."""

from __future__ import annotations

import itertools
import mimetypes
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from .errors import Refusal, bad_request

MAX_UPLOAD = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
LINK_LIFE = 3600.0  # seconds a download link lasts

_FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "audio": "music"}
_PREFIXES = {"photo": "AgACAgQ", "voice": "AwACAgQ", "sticker": "CAACAgQ"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart request."""

    name: str
    content: bytes
    mime_type: str


@dataclass(slots=True)
class File:
    """A file Telegram keeps. `size` may be declared larger than the content held here."""

    id: str
    unique_id: str
    kind: str
    name: str
    mime_type: str
    content: bytes
    size: int
    path: str
    width: int = 0
    height: int = 0
    linked_at: float = -LINK_LIFE

    def bytes(self) -> bytes:
        return self.content.ljust(self.size, b"\0")

    def reference(self) -> dict[str, Any]:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


class FileStore:
    """Every file of the double, by id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.by_path: dict[str, File] = {}
        self._numbers = itertools.count(1)

    def add(
        self, kind: str, name: str, content: bytes, mime_type: str = "", size: int | None = None
    ) -> File:
        number = next(self._numbers)
        mime_type = mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        suffix = f".{name.rsplit('.', 1)[1]}" if "." in name else ""
        file = File(
            id=f"{_PREFIXES.get(kind, 'BQACAgQ')}AAxkBAAI{number:08d}",
            unique_id=f"AgAD{number:08d}",
            kind=kind,
            name=name,
            mime_type=mime_type,
            content=content,
            size=len(content) if size is None else size,
            path=f"{_FOLDERS.get(kind, 'documents')}/file_{number}{suffix}",
        )
        self.by_id[file.id] = file
        self.by_path[file.path] = file
        return file

    def resolve(self, kind: str, value: Any, upload: Upload | None) -> File:
        """The file a method names: an upload, or an id this bot was given before."""
        if upload is not None:
            return self._receive(kind, upload)
        if not value or not isinstance(value, str):
            raise bad_request(f"There is no {kind} in the request")
        if known := self.by_id.get(value):
            if known.kind != kind and "photo" in (known.kind, kind):
                raise bad_request("type of file mismatch")
            return known
        if "://" in value:
            raise bad_request("failed to get HTTP URL content")
        if "." in value:
            raise bad_request("Wrong file identifier/HTTP URL specified")
        reason = "can't unserialize it. Wrong last symbol"
        raise bad_request(f"Wrong remote file identifier specified: {reason}")

    def link(self, file_id: str, now: float) -> File:
        """What getFile does: refuse, or open a download link for an hour."""
        if not file_id:
            raise bad_request("file_id not specified")
        file = self.by_id.get(file_id)
        if file is None:
            raise bad_request("invalid file_id")
        if file.size > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        file.linked_at = now
        return file

    def _receive(self, kind: str, upload: Upload) -> File:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > MAX_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        width, height = check_photo(upload.content) if kind == "photo" else (0, 0)
        file = self.add(kind, upload.name, upload.content, upload.mime_type)
        file.width, file.height = width, height
        return file


def check_photo(content: bytes) -> tuple[int, int]:
    """The dimensions of a picture; only PNG is measured, others are known by their first bytes."""
    if len(content) > MAX_PHOTO:
        raise bad_request(f"File of size {len(content)} bytes is too big for a photo")
    if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF8", b"BM", b"RIFF")):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if content[:1] != b"\x89":
        return 800, 600
    width, height = struct.unpack(">II", content[16:24])
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def png(width: int = 1, height: int = 1) -> bytes:
    """A true black PNG of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
