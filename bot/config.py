"""Settings, from the environment and `.env`, all prefixed FILROUGE_."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigError

SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
SERVERS = ("postgresql://", "postgres://")
SHORTEST_RETENTION = 60  # days: a purge is announced a month before


@dataclass(frozen=True, slots=True)
class Address:
    """Where the small web listens."""

    host: str
    port: int

    @classmethod
    def read(cls, text: str) -> Self:
        """`host:port`, `:port`, `[::1]:port`. Raises ValueError."""
        host, colon, port = text.strip().rpartition(":")
        if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise ValueError("attendu : adresse:port, par exemple 127.0.0.1:8080")
        return cls(host.strip("[]") or "0.0.0.0", int(port))  # noqa: S104  # asked for


class Settings(BaseSettings):
    """What the person who runs Fil rouge may set; every field has a working default but the token."""

    model_config = SettingsConfigDict(
        env_prefix="FILROUGE_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    token: SecretStr | None = None
    api_url: str = "https://api.telegram.org"
    db: Path = Path("data/filrouge.sqlite3")
    server: SecretStr | None = None  # FILROUGE_DB when it names a PostgreSQL: it holds a password
    flows: Path | None = None
    flow: str = "six-etapes"  # the one offered first
    lenient: bool = False  # start with what is sound of the content, and say the rest in the log
    templates: Path | None = None
    admins: Annotated[tuple[int, ...], NoDecode] = ()
    log_level: str = "INFO"
    log_format: Literal["auto", "json", "text"] = (
        "auto"  # auto: for a person in a terminal, else JSON
    )
    operator: str = ""  # who runs this service, for /privacy
    contact: str = ""
    retention: str = ""  # how long answers are kept, in words; "" says what the rest implies
    retention_days: int = 0  # a dossier that nobody opens is purged after them; 0: never
    key: SecretStr | None = None  # seals what people write; several: the first seals, all open
    key_file: Path | None = None  # the same, in a file
    backups: Path | None = None  # the folder of the daily copy made by the bot
    backups_keep: int = Field(14, ge=0)  # how many stay; 0: no limit
    backups_days: float = Field(30, ge=0)  # for how long; 0: no limit
    settle: float = Field(
        1.0, ge=0, le=10
    )  # seconds of silence before a burst of messages is answered
    rate_limit: bool = True  # Telegram's own limits respected by the sender
    web: Annotated[Address | None, NoDecode] = None  # where the small web listens; None: nowhere
    metrics: bool = False  # whether it shows figures at /metrics
    wall: Annotated[Address | None, NoDecode] = None  # where the walls and pages of workshops do
    wall_url: str = ""  # how phones reach that, when another address must be said to them
    webhook_url: str = ""  # the public address where Telegram posts, with `bot --webhook`
    webhook_secret: SecretStr | None = None  # what it shows there; None: one made from the token
    webhook_path: str = ""  # the path listened to, when a proxy changes it; "": that of the address
    # Seconds that one of several workers still takes messages in once asked to stop, said not to be
    # ready: until the load balancer has seen it.
    drain: float = Field(3.0, ge=0, le=60)

    @model_validator(mode="before")
    @classmethod
    def _where(cls, values: dict[str, object]) -> dict[str, object]:
        """FILROUGE_DB is a file, or a server's address."""
        given = str(values.get("db", ""))
        if not given.startswith(SERVERS):
            return {**values, "server": None}
        return {name: one for name, one in values.items() if name != "db"} | {"server": given}

    @field_validator("admins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("web", "wall", mode="before")
    @classmethod
    def _address(cls, value: object) -> object:
        return Address.read(value) if isinstance(value, str) else value

    @field_validator("webhook_url")
    @classmethod
    def _public(cls, value: str) -> str:
        if value and not (urlsplit(value).scheme == "https" and urlsplit(value).hostname):
            raise ValueError("attendu : une adresse publique en https://")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _unguessable(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("attendu : de 16 à 256 lettres sans accent, chiffres, - ou _")
        return value

    @field_validator("webhook_path")
    @classmethod
    def _rooted(cls, value: str) -> str:
        if value and not PATH.fullmatch(value):
            raise ValueError("attendu : un chemin comme /telegram")
        return value

    @field_validator("retention_days")
    @classmethod
    def _announced(cls, value: int) -> int:
        if value and value < SHORTEST_RETENTION:
            raise ValueError(f"attendu : 0 (jamais), ou au moins {SHORTEST_RETENTION} jours")
        return value

    @field_validator("log_level")
    @classmethod
    def _known(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("attendu : DEBUG, INFO, WARNING ou ERROR")
        return value.upper()

    @property
    def database(self) -> Path | str:
        """What the store opens."""
        return self.server.get_secret_value() if self.server else self.db


def place(text: str) -> Path | str:
    """A database as a person names it: a file, or a server's address."""
    return text if text.startswith(SERVERS) else Path(text)


def load() -> Settings:
    """The settings in force. Raises ConfigError with one line per fault."""
    try:
        return Settings()
    except ValidationError as fault:
        lines = [
            f"FILROUGE_{str(one['loc'][0]).upper()} : valeur refusée, {one['msg']}"
            for one in fault.errors()
        ]
        raise ConfigError("\n".join(lines)) from None
