"""Whether others on this machine can read what should be its owner's alone."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path


def open_to_others(paths: Iterable[Path]) -> list[str]:
    """One line for each file or folder that someone else can read or enter; none where nobody can tell."""
    if os.name != "posix":
        return []
    return [_line(one) for one in paths if _readable(one)]


def _readable(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _line(path: Path) -> str:
    mode = 700 if path.is_dir() else 600
    return f"d’autres comptes de cette machine peuvent lire {path} : faites « chmod {mode} {path} »"
