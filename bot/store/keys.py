"""The keys that the person who runs Fil rouge gives: by FILROUGE_KEY, or by a file that is theirs alone."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from bot.errors import ConfigError
from bot.store.codecs import CLEAR, KEY_BYTES, Clear, Sealed

_MAKE = "« filrouge key » en fabrique une"


def fresh() -> str:
    """A new key, as it is written in a setting."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def codec(text: str, file: Path | None) -> Clear | Sealed:
    """What seals and opens under these settings. Raises ConfigError, which never quotes a key."""
    if text.strip() and file is not None:
        raise ConfigError(
            "FILROUGE_KEY et FILROUGE_KEY_FILE sont donnés tous deux : un seul suffit."
        )
    name = "FILROUGE_KEY"
    if file is not None:
        name, text = f"FILROUGE_KEY_FILE ({file})", _content(file)
        if not text.strip():
            raise ConfigError(f"{name} : le fichier est vide ; {_MAKE}.")
    keys = [_key(one, name) for one in text.split()]
    return Sealed(keys) if keys else CLEAR


def _key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{name} : il faut une clé de 32 octets en base64 (44 signes) ; {_MAKE}.")
    return key


def _content(file: Path) -> str:
    """The file's text, if nobody else can read it: a key that others read protects nothing."""
    name = f"FILROUGE_KEY_FILE ({file})"
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError(f"{name} : ce n’est pas un fichier ordinaire.")
        if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
            raise ConfigError(
                f"{name} : d’autres que vous peuvent lire cette clé ; faites « chmod 600 {file} »."
            )
        return file.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise ConfigError(f"{name} : ce n’est pas une clé en base64 ; {_MAKE}.") from None
    except OSError as error:
        raise ConfigError(f"{name} : illisible ({error.strerror}).") from None
