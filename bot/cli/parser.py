"""The words of the command line."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import __version__
from bot.cli import doors, dossiers, method, walls
from bot.export import FORMATS


class _Parser(argparse.ArgumentParser):
    """Its headings in French; the parsers of the commands are made of the same class."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, add_help=False)
        self._positionals.title = "arguments"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")


def parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="filrouge", description="Bâtir pas à pas une coopération entre deux territoires."
    )
    parser.add_argument(
        "--version", action="version", version=__version__, help="montrer la version"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMANDE")

    def command(name: str, run: Callable[[argparse.Namespace], int], help_: str) -> Any:
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    flow = {"type": Path, "metavar": "FICHIER", "help": "un autre parcours que celui fourni"}
    one = command("chat", doors.chat, "la conversation dans ce terminal")
    one.add_argument("--flow", **flow)
    one.add_argument(
        "--as",
        dest="person",
        type=_number,
        default=1,
        metavar="N",
        help="une autre personne sur la même base, pour jouer à plusieurs (1 par défaut)",
    )
    bot = command("bot", doors.bot, "le robot Telegram")
    bot.add_argument("--flow", **flow)
    bot.add_argument(
        "--webhook",
        action="store_true",
        help="recevoir les messages à FILROUGE_WEBHOOK_URL plutôt que de les relever",
    )
    wall = command("wall", walls.wall, "le mur et les pages des ateliers, sans le robot")
    wall.add_argument("--flow", **flow)
    check = command("check", method.check, "vérifier les fichiers de la méthode")
    check.add_argument("files", nargs="*", type=Path, metavar="FICHIER")
    check.add_argument(
        "--schema", action="store_true", help="imprimer le schéma JSON d’un parcours"
    )
    command("graph", method.graph, "dessiner le parcours (Mermaid)").add_argument("--flow", **flow)
    words = command(
        "translate", method.translate, "préparer ou compléter une traduction de la méthode"
    )
    words.add_argument("language", metavar="LANGUE", help="son code : en, es, pt-BR, ar…")
    words.add_argument(
        "--flow",
        type=Path,
        metavar="FICHIER",
        help="un seul fichier : un autre parcours, une fiche de sheet/, les coopérations, le glossaire"
        " (par défaut, le parcours fourni et ce qui l’accompagne)",
    )
    interface = command(
        "words", method.words, "mettre à jour les traductions de l’interface, ou en commencer une"
    )
    interface.add_argument(
        "language", nargs="?", default="", metavar="LANGUE", help="celle que l’on commence"
    )
    attempt = command("try", method.try_, "montrer ce que des réponses soulèvent")
    attempt.add_argument("answers", type=Path, metavar="RÉPONSES.json")
    attempt.add_argument("--flow", **flow)
    brought = command("import", dossiers.import_, "reprendre un dossier exporté en JSON")
    brought.add_argument("file", type=Path, metavar="DOSSIER.json")
    brought.add_argument("--flow", **flow)
    command("projects", dossiers.projects, "lister les dossiers")
    export = command("export", dossiers.export, "sortir un dossier dans un format")
    export.add_argument("dossier", type=int, nargs="?", metavar="DOSSIER")
    export.add_argument("--all", action="store_true", help="tous les dossiers, avec --format csv")
    export.add_argument("--format", choices=sorted(FORMATS), default="md")
    export.add_argument("--document", choices=("show", "work"), default="work")
    export.add_argument(
        "--annex",
        action="append",
        nargs="?",
        const="",
        default=[],
        metavar="PARCOURS",
        help="avec le dossier d’un autre parcours du même projet (« tous » : chacun d’eux) ;"
        " sans nom, avec le contexte de sécurité",
    )
    language = {"metavar": "LANGUE", "default": "", "help": "son code : fr, en…"}
    export.add_argument("--language", **language)
    export.add_argument(
        "--since", type=int, metavar="N", help="avec ce qui a changé depuis la version figée n° N"
    )
    export.add_argument("-o", "--output", type=Path, metavar="FICHIER")
    blank = command(
        "questionnaire", method.blank_questionnaire, "le questionnaire à imprimer (PDF)"
    )
    blank.add_argument("--flow", **flow)
    blank.add_argument("--language", **language)
    blank.add_argument("-o", "--output", type=Path, metavar="FICHIER")
    copy = command("backup", dossiers.backup, "copier la base, même en service")
    copy.add_argument("file", type=Path, nargs="?", metavar="FICHIER")
    copy.add_argument("--to", type=Path, metavar="DOSSIER", help="une copie datée dans ce dossier")
    copy.add_argument("--keep", type=int, default=14, help="combien y restent ; 0 : toutes")
    copy.add_argument(
        "--days", type=float, default=30, help="pendant combien de jours ; 0 : toujours"
    )
    back = command(
        "restore", dossiers.restore, "remettre une sauvegarde ; la base présente est mise de côté"
    )
    back.add_argument("file", type=Path, metavar="SAUVEGARDE")
    away = command("move", dossiers.move, "déménager d’une base à une autre (SQLite, PostgreSQL)")
    away.add_argument("source", metavar="SOURCE", help="un fichier, ou postgresql://…")
    away.add_argument("target", metavar="CIBLE", help="la nouvelle base, vide")
    command("key", dossiers.key, "fabriquer une clé de chiffrement (FILROUGE_KEY)")
    command(
        "seal",
        dossiers.seal,
        "chiffrer dès maintenant tout ce qui ne l’est pas par la première clé",
    )
    command("health", doors.health, "le robot a-t-il interrogé Telegram récemment")
    return parser


def _number(text: str) -> int:
    """Somebody in the terminal, from 1."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre de 1 à 999999")
    return int(text)
