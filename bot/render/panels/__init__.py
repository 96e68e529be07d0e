"""The pages beside the conversation, by name. Each is a function of the view and one argument."""

from collections.abc import Callable, Mapping

from bot.render.panels import (
    answers,
    documents,
    dossiers,
    entry,
    guidance,
    languages,
    photos,
    points,
    sharing,
    words,
)
from bot.render.reply import Body
from bot.render.view import View

PANELS: Mapping[str, Callable[[View, str], Body]] = {
    "welcome": entry.welcome,
    "discover": entry.discover,
    "privacy": entry.privacy,
    "resume": entry.resume,
    "projects": dossiers.projects,
    "project": dossiers.project,
    "flows": dossiers.flows,
    "in_project": dossiers.in_project,
    "flow_offer": dossiers.offer,
    "delete_dossier": dossiers.delete_dossier,
    "delete": entry.delete,
    "word": words.word,
    "terms": words.terms,
    "language": languages.language,
    "sheet_language": languages.sheet_language,
    "stale": guidance.stale,
    "help": guidance.help_page,
    "examples": guidance.examples,
    "table": guidance.table,
    "case": guidance.case,
    "missing": answers.missing,
    "vigilance": points.vigilance,
    "point": points.point,
    "ideas": points.ideas,
    "plan": points.plan,
    "modify": answers.modify,
    "steps": answers.steps,
    "rhythm": entry.rhythm,
    "export": documents.export,
    "formats": documents.formats,
    "versions": documents.versions,
    "share": documents.share,
    "template": documents.template,
    "header": documents.header,
    "dignity": documents.dignity,
    "photos": photos.photos,
    "caption": photos.caption,
    "pause": entry.pause,
    "workshop": dossiers.workshop,
    "offer": sharing.offer,
    "invite": sharing.invite,
    "invitation": sharing.invitation,
    "members": sharing.members,
    "people": sharing.people,
    "member": sharing.member,
    "naming": sharing.naming,
    "leave": sharing.leave,
    "hours": sharing.hours,
    "voices": sharing.voices,
    "adopt": sharing.adopt,
    "history": sharing.history,
}


def panel(view: View, name: str, argument: str) -> Body:
    """The page of that name; an unknown one is the general help."""
    return PANELS.get(name, guidance.help_page)(view, argument)
