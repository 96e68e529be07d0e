"""The language a person is spoken to in, and the one that the documents of a dossier are made in."""

from bot.domain.conversation import KeepLanguage, KeepSheetLanguage, Say, Show
from bot.domain.engine.turn import Turn


def speak(turn: Turn, language: str) -> None:
    """For this reply alone: before an agreement nothing is kept, buttons carry the choice."""
    if language:
        turn.become(language=language)


def choose(turn: Turn, language: str) -> None:
    speak(turn, language)
    turn.effects += [KeepLanguage(language), Say("language_kept")]


def choose_for_sheet(turn: Turn, language: str) -> None:
    turn.become(sheet_language=language)
    turn.effects += [KeepSheetLanguage(language), Show("export")]
