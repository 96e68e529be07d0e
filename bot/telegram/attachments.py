"""Files and places that come with a message, as the domain keeps them."""

from telegram import Message

from bot.domain.conversation import Attachment, AttachmentKind

# A GIF is an animation and a document at once: the order matters.
_FILES: tuple[tuple[str, AttachmentKind], ...] = (
    ("voice", "voice"),
    ("audio", "audio"),
    ("animation", "video"),
    ("video", "video"),
    ("video_note", "video"),
    ("document", "document"),
)


def attachment(message: Message) -> Attachment | None:
    """The file or place of a message, None when it has none. Of a photo, the largest size."""
    number = message.message_id
    if message.photo:
        largest = max(
            message.photo, key=lambda size: (size.width * size.height, size.file_size or 0)
        )
        return Attachment("photo", "", largest.file_id, largest.file_size or 0, number)
    for field, kind in _FILES:
        file = getattr(message, field)
        if file is not None:
            name = getattr(file, "file_name", None) or ""
            return Attachment(kind, name, file.file_id, file.file_size or 0, number)
    if message.location:
        name = message.venue.title if message.venue else ""
        place = (message.location.latitude, message.location.longitude)
        return Attachment("location", name, message=number, place=place)
    return None
