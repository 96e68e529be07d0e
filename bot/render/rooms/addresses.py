"""Where a room is reached, from its code and secrets."""

from bot.domain.engine.sharing import LINK


class Addresses:
    """Where a room is reached, from the code. `web`: the root of the pages, "" when there are none."""

    def __init__(self, bot: str = "", web: str = "") -> None:
        self.bot = bot  # the bot's name on Telegram, "" when unknown
        self.web = web.rstrip("/")

    def telegram(self, code: str) -> str:
        return f"https://t.me/{self.bot}?start=a_{code}" if self.bot and code else ""

    def helper(self, token: str) -> str:
        return f"https://t.me/{self.bot}?start=h_{token}" if self.bot else ""

    def dossier(self, token: str) -> str:
        """Where an invitation to the dossier is opened."""
        return f"https://t.me/{self.bot}?start={LINK}{token}" if self.bot else ""

    def page(self, code: str) -> str:
        return f"{self.web}/r/{code}" if self.web and code else ""

    def join(self, code: str) -> str:
        """What the QR code says: the page, which also leads to Telegram; else Telegram's link."""
        return self.page(code) or self.telegram(code)

    def wall(self, token: str) -> str:
        return f"{self.web}/mur/{token}" if self.web else ""
