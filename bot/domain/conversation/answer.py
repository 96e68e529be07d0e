"""What one person answered to one question, message by message."""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fragment:
    """One written message of an answer. `message`: its id in the chat, so that an edit finds it; 0: none."""

    text: str
    message: int = 0


AttachmentKind = Literal["photo", "voice", "audio", "video", "document", "location"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept with an answer. `file`: the door's handle, downloaded after the commit; `size`: bytes.

    `shown`: a photo ticked for the documents; `caption`: what was said for them of what it shows.
    """

    kind: AttachmentKind
    name: str = ""
    file: str = ""
    size: int = 0
    message: int = 0
    place: tuple[float, float] | None = None  # latitude, longitude of a location
    shown: bool = False
    caption: str = ""

    @property
    def bare(self) -> "Attachment":
        """The file itself, whatever was said of it since."""
        return replace(self, shown=False, caption="") if self.shown or self.caption else self


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered to one question: options chosen, words written, files joined, or a skip."""

    options: tuple[str, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    skipped: bool = False

    @property
    def text(self) -> str:
        """Everything written, one message per paragraph."""
        return "\n".join(fragment.text for fragment in self.fragments)

    @property
    def given(self) -> bool:
        return bool(self.options or self.fragments or self.attachments)
