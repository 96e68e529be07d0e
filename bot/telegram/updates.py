"""Parse at the door: past this module there is no `Update`, only what happened and who did it.

Private chats only. In a group the bot says once, when it enters and to whoever calls it by its name,
that it speaks in private; whatever else comes from there gives None.
"""

from dataclasses import dataclass

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Message,
    MessageEntity,
    MessageOriginUser,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from bot.domain.conversation import (
    AttachmentGiven,
    Commanded,
    Event,
    MessageEdited,
    Started,
    TextGiven,
    UnsupportedGiven,
)
from bot.render.codec import decode
from bot.service.ports import Inbound, Key
from bot.telegram.attachments import attachment

DOOR = "telegram"
LARGEST_ID = 2**63 - 1  # what the store's columns hold
OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
INSIDE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)
UNSUPPORTED = ("sticker", "contact", "poll", "dice", "game", "story", "checklist")


@dataclass(frozen=True, slots=True)
class Standing:
    """A person blocked the bot, or lets it write again."""

    key: Key
    blocked: bool


def to_inbound(update: Update, now: float) -> Inbound | None:
    """What came in; None when it calls for no answer. `now`: seconds since 1970, for taps."""
    if update.callback_query:
        return _tap(update.callback_query, update.update_id, now)
    if update.message:
        return _message(update.message, update.update_id)
    if update.edited_message:
        return _edit(update.edited_message, update.update_id)
    return None


def to_standing(update: Update) -> Standing | None:
    """In a private chat, `my_chat_member` says that the bot was blocked or unblocked."""
    change: ChatMemberUpdated | None = update.my_chat_member
    if change is None or change.chat.type != ChatType.PRIVATE:
        return None
    key = _key(change.chat.id, change.from_user)
    gone = change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    return Standing(key, gone) if key else None


def to_meeting(update: Update, username: str) -> Key | None:
    """The group that the bot has just entered, or where somebody calls it by its name."""
    if change := update.my_chat_member:
        entered = (
            change.old_chat_member.status in OUTSIDE and change.new_chat_member.status in INSIDE
        )
        return _key(change.chat.id, change.from_user) if entered and _group(change.chat) else None
    message = update.message
    if message is None or not _group(message.chat) or not message.text:
        return None
    called = message.parse_entities([MessageEntity.BOT_COMMAND]).values()
    ours = any(one.lower().endswith(f"@{username.lower()}") for one in called)
    return _key(message.chat.id, message.from_user) if ours else None


def _group(chat: Chat) -> bool:
    return chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)


def lane_of(update: object) -> int:
    """Updates of one lane are handled in order: those of a chat, else those of a person.

    Never raises: the library reads missing fields as None, whatever their types promise.
    """
    try:
        whose = isinstance(update, Update) and (update.effective_chat or update.effective_user)
        return int(whose.id) if whose else 0
    except (AttributeError, TypeError, ValueError, OverflowError):
        return 0


def key_of(update: object) -> Key | None:
    """Whose update it is, as far as it can be told."""
    try:
        if isinstance(update, Update) and update.effective_chat:
            return _key(update.effective_chat.id, update.effective_user)
    except (AttributeError, TypeError, ValueError, OverflowError):
        pass
    return None


def _key(chat: int, person: User | None) -> Key | None:
    if person is None or max(abs(chat), abs(person.id)) > LARGEST_ID:
        return None
    return Key(DOOR, chat, person.id)


def _tap(query: CallbackQuery, update: int, now: float) -> Inbound | None:
    """The message may be too old for Telegram to show, or absent: the tap counts all the same."""
    card = query.message
    if card and card.chat.type != ChatType.PRIVATE:
        return None
    key = _key(card.chat.id if card else query.from_user.id, query.from_user)
    if key is None:
        return None
    event = decode(query.data or "", now) or UnsupportedGiven("button", now)
    return Inbound(
        key,
        event,
        update,
        tapped=card.message_id if card else None,
        tap=query.id,
        language=query.from_user.language_code or "",
    )


def _message(message: Message, update: int) -> Inbound | None:
    event = _said(message)
    key = _key(message.chat.id, message.from_user)
    if message.chat.type != ChatType.PRIVATE or event is None or key is None:
        return None
    replied = message.reply_to_message
    language = message.from_user.language_code if message.from_user else ""
    return Inbound(
        key,
        event,
        update,
        reply_to=replied.message_id if replied else None,
        language=language or "",
    )


def _edit(message: Message, update: int) -> Inbound | None:
    """A corrected text or caption; the moves of a live location and the like are nothing said."""
    key = _key(message.chat.id, message.from_user)
    text = message.text or message.caption
    if message.chat.type != ChatType.PRIVATE or key is None or not text:
        return None
    when = message.edit_date or message.date
    return Inbound(key, MessageEdited(message.message_id, clean(text), when.timestamp()), update)


def _said(message: Message) -> Event | None:
    at = message.date.timestamp()
    if message.text is not None:
        return _command(message, at) or TextGiven(
            clean(message.text),
            message.message_id,
            forwarded=message.forward_origin is not None,
            at=at,
        )
    if file := attachment(message):
        return AttachmentGiven(file, clean(message.caption or ""), at=at)
    for kind in UNSUPPORTED:
        if getattr(message, kind) is not None:
            return UnsupportedGiven(kind, at)
    if filters.StatusUpdate.ALL.check_update(Update(0, message=message)):
        return None  # a pinned message, a changed setting: nobody spoke
    return UnsupportedGiven("other", at)


def _command(message: Message, at: float) -> Event | None:
    """`/name@bot argument`, if the client marked it so; a forwarded command is only quoted."""
    text = message.text or ""
    first = message.entities[0] if message.entities else None
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset:
        return None
    if message.forward_origin is not None and not _own(message):
        return None
    name = text[1 : first.length].partition("@")[0].lower()
    argument = clean(text[first.length :].strip())
    return Started(argument, at) if name == "start" else Commanded(name, argument, at)


def _own(message: Message) -> bool:
    """Forwarded by its own author."""
    origin = message.forward_origin
    return isinstance(origin, MessageOriginUser) and origin.sender_user == message.from_user


def clean(text: str) -> str:
    """Half a surrogate pair cannot be stored: it becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
