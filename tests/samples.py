"""Dossiers to look at and to test every format with: empty, ordinary, full, in other scripts.

Names, figures and words are invented.
"""

from dataclasses import replace
from pathlib import Path

from bot.content import (
    layout_of,
    load_cases,
    load_documents,
    load_flow,
    load_layout,
    load_templates,
)
from bot.domain import dossier
from bot.domain.conversation import (
    Adoption,
    Answer,
    Attachment,
    Conversation,
    Fragment,
    Handling,
    Member,
    Role,
    Side,
    Together,
    Voice,
)
from bot.domain.flow import Question
from bot.domain.sheet import DocumentKind, Sheet, build
from bot.export.photos import blank

ROOT = Path(__file__).parents[1]
_FLOW_FILE = ROOT / "flows" / "six-etapes.yaml"
FLOW = load_flow(_FLOW_FILE)
CASES = load_cases(ROOT / "flows" / "cases.yaml")
LAYOUT = load_layout(layout_of(_FLOW_FILE, FLOW.flow), FLOW)
TEMPLATES = load_templates(ROOT / "templates") | load_documents(ROOT / "templates")
DATE = "2026-11-21"


def said(*options: str, text: str = "") -> Answer:
    return Answer(options, (Fragment(text),) if text else ())


def sheet(conversation: Conversation, document: DocumentKind = "work", **options: object) -> Sheet:
    given = {"layout": LAYOUT, "cases": CASES, "date": DATE, "document": document, **options}
    return build(FLOW, conversation, **given)  # type: ignore[arg-type]


_IDENTITY = {
    "I_nom": said(text="Les jardins des deux rives"),
    "I_role": said("collectivite_fr"),
    "I_territoires_ici": said(text="Valombre"),
    "I_territoires_pays_ici": said("fr"),
    "I_territoires_la_bas": said(text="Oued-Sel"),
    "I_territoires_pays_la_bas": said("ma"),
    "I_stade": said("montage"),
    "I_public": said("jeunes"),
}

EMPTY = Conversation()

ORDINARY = Conversation(  # the essential, walked through with buttons and a few words
    dossier=1,
    answers=_IDENTITY
    | {
        "I_porteur": said(text="Communauté de communes de Valombre"),
        "I_partenaires": said(text="Commune d’Oued-Sel\nCoopérative Al Amal\nMission locale"),
        "I_themes": said("insertion_professionnelle", "agriculture_alimentation"),
        "I_annees": said(text="2026–2029"),
        "I_demande": said(text="Un avis de votre commission avant le 15 mars."),
        "I_budget_trouve": said("de_5_a_20k"),
        "I_budget_a_trouver": said("de_20_a_100k"),
        "Q1": said("coeur_metier"),
        "Q2": said("ensemble_deux_territoires"),
        "Q3": said("accompagner_personnes", "consolider_dispositif"),
        "Q4": said("partenaire_seul", text="Une visite de trois jours, sans enquête."),
        "Q4_habitants": said("hab_absents"),
        "Q6": said("un_redige_autre_valide"),
        "Q7": said("collectivites", "associations"),
        "Q7_pilotage": said(FLOW.questions["Q7_pilotage"].options[0].id),
        "Q8": Answer(skipped=True),
        "Q10": said("convention", "quelques_personnes"),
        "Q11": said("phases"),
        "Q12": said("pas_prevu"),
        "Q13": said("fonds_propres"),
        "Q14": said("interet_mutuel"),
        "Q16": said("publics_locaux"),
        "Q17": said("contacts_reguliers"),
    },
    handled={
        "V2.17": Handling(
            "planned", "Écrire ensemble les objectifs", "le service jeunesse", "en mars"
        )
    },
)

_STORY = (
    "Tout est parti d’un échange entre les deux équipes, à l’occasion d’un chantier d’été qui a"
    " réuni des jeunes des deux territoires autour d’un terrain communal laissé en friche. Le"
    " diagnostic a été repris deux fois : la première version parlait surtout de nos dispositifs,"
    " la seconde part de ce que les habitants disent de leurs journées, de leurs déplacements, de"
    " ce qu’ils savent faire et de ce qui leur manque pour en vivre.\n"
    "Nous avons choisi d’avancer par saisons plutôt que par exercices budgétaires : une saison"
    " pour préparer les sols et former les premiers groupes, une pour produire et vendre à petite"
    " échelle, une pour transmettre. Chaque saison se termine par une réunion ouverte, sur chaque"
    " territoire, où l’on dit ce qui a marché, ce qui a coûté plus que prévu, et ce que l’on"
    " arrête.\n"
    "Reste une difficulté : les règles d’achat ne sont pas les mêmes des deux côtés, et une"
    " commande d’outils de 3 500 € a pris onze semaines. Nous en avons tiré une fiche commune,"
    " relue par les deux comptabilités, que d’autres pourront reprendre."
)
_LINE = "Le comité des deux territoires l’a relu, puis adopté."
_FOLLOW_UP = (
    "Oui, depuis deux ans, avec un compte rendu partagé dans les deux langues ; les absents le"
    " reçoivent dans la semaine et peuvent le corriger."
)


def _fully(question: Question) -> Answer:
    options = tuple(one.id for one in question.options if not one.waiting)
    chosen = options[: 1 if question.choose == "one" else 3] if question.choose else ()
    if question.kind == "line":
        return said(text=_LINE)
    text = _STORY if question.id in _ROOTS else ""
    return said(*chosen, text=text or ("" if chosen else _FOLLOW_UP))


_ROOTS = {question.id for step in FLOW.steps for question in step.questions}

FULL = Conversation(  # everything answered in depth, long texts, an action plan
    dossier=2,
    answers={key: _fully(one) for key, one in FLOW.questions.items()}
    | ORDINARY.answers
    | {
        key: Answer(one.options, (Fragment(_STORY),))
        for key, one in ORDINARY.answers.items()
        if key in _ROOTS
    }
    | {
        "I_nom": said(text="Les jardins des deux rives : apprendre, produire et vendre à deux"),
        "Q5": Answer(
            ("echanges_pairs",),
            (Fragment(_STORY),),
            (Attachment("photo", "atelier.jpg", size=3), Attachment("voice", size=9)),
        ),
    },
    handled={
        "V2.17": Handling(
            "planned",
            "Écrire ensemble les objectifs, en deux séances",
            "le service jeunesse et la coopérative",
            "avant la fin du mois de mars",
        ),
        "V4.7": Handling("planned", "Désigner qui reprend le jardin", "le comité", "en juin"),
        "V3.20": Handling("done", "Une convention sur trois ans", "la direction générale", "fait"),
    },
)

_ARABIC = (
    "بدأ المشروع من ورشة صيفية جمعت شباب البلدتين حول أرض مهملة. نريد أن يتعلموا الزراعة"
    " والبيع معًا، وأن يبقى البستان بعد انتهاء التمويل."
)
_CYRILLIC = (
    "Проект начался с летней мастерской: молодёжь двух городов вместе расчистила заброшенный"
    " участок. Мы хотим, чтобы сад остался и после окончания финансирования."
)

SCRIPTS = Conversation(  # two territories that write in Arabic and in Cyrillic
    dossier=3,
    answers=ORDINARY.answers
    | {
        "I_nom": said(text="حدائق الضفتين – Сады двух берегов"),
        "I_phrase": said(text=_ARABIC),
        "I_territoires_ici": said(text="Вольная Слобода"),
        "I_territoires_la_bas": said(text="وادي الملح"),
        "I_porteur": said(text="Городская управа Вольной Слободы"),
        "I_partenaires": said(text="جمعية الأمل للتنمية\nСельская кооперация «Луч»"),
        "I_demande": said(text="نطلب رأي لجنتكم قبل منتصف مارس."),
        "Q3": said("accompagner_personnes", text=f"{_ARABIC}\n{_CYRILLIC}"),
        "Q4": said("partenaire_seul", text=_CYRILLIC),
        "Q14": said("interet_mutuel", text=_ARABIC),
    },
    handled={"V2.17": Handling("planned", _ARABIC, "لجنة البلدتين", "в марте")},
)

ALBUM = tuple(
    Attachment("photo", "", f"handle-{number}", 3, 90 + number, shown=True, caption=caption)
    for number, caption in enumerate(("Le terrain communal, avant le chantier", "", "Les serres"))
)
PICTURES = {one.bare: blank() for one in ALBUM}  # for `sheet(…, pictures=…)`

_ME = Member(1, Role.OWNER, "ici")


def _voice(number: int, side: Side, answer: Answer, name: str = "") -> Voice:
    role = Role.OWNER if side == "ici" else Role.CONTRIBUTOR
    return Voice(number, number, side, answer, role=role, name=name)


_WRITTEN = _voice(9, "ici", said("croise", text="Nous referons l’enquête à deux, en automne."))
TOGETHER = replace(  # two territories that answered, chose, and left a question open
    ORDINARY,
    dossier=4,
    together=Together(
        _ME,
        (_ME, Member(2, Role.CONTRIBUTOR, "la_bas")),
        {
            **{key: (_voice(1, "ici", one),) for key, one in ORDINARY.answers.items()},
            "Q4": (
                _voice(2, "ici", replace(ORDINARY.answers["Q4"], attachments=ALBUM)),
                _voice(3, "la_bas", said("besoins_ressentis", text=_STORY.split("\n")[0])),
                _voice(4, "la_bas", said("pas_encore"), "La coopérative Al Amal"),
            ),
            "Q16": (
                _voice(5, "ici", ORDINARY.answers["Q16"]),
                _voice(6, "la_bas", said(text="Un marché, et des outils en état.")),
            ),
            "Q14": (
                _voice(7, "ici", ORDINARY.answers["Q14"]),
                _voice(8, "la_bas", said("interet_mutuel", text=_ARABIC)),
            ),
        },
        {
            "Q4": Adoption(_WRITTEN, "written", 9),
            "Q16": Adoption(_voice(5, "ici", ORDINARY.answers["Q16"]), "open", 6),
        },
        last=9,
    ),
)

_OWNER = Member(1, Role.OWNER, "ici", "La chargée de mission")
_THERE = Member(2, Role.CONTRIBUTOR, "la_bas", "Le directeur de la coopérative")
_BESIDE = Member(3, Role.CONTRIBUTOR, "la_bas")
_READER = Member(4, Role.READER, "la_bas", "Un élu qui n’a rien dit")
_LEFT = Member(9, Role.CONTRIBUTOR, "ici")
SECRET = "Ce que la coopérative garde pour elle."


def _says(number: int, who: Member, answer: Answer, *, private: bool = False) -> Voice:
    role = None if who is _LEFT else who.role
    return Voice(number, who.id, who.side, answer, 0.0, role, who.name, private)


def _crossed() -> Conversation:
    """Two territories: a text written, one left open, one still to choose, one put in doubt again, a
    side that passes, another that alone answered, an author who left, words kept on one side."""
    alone = {key: (_says(1, _OWNER, one),) for key, one in ORDINARY.answers.items()}
    numbered = {
        key: (replace(voices[0], number=number),)
        for number, (key, voices) in enumerate(alone.items(), 1)
    }
    at = len(numbered)
    home = {key: voices[0] for key, voices in numbered.items()}
    joint = _says(at + 3, _OWNER, said("croise", text="Nous referons l’enquête à deux."))
    picked = _says(at + 9, _THERE, said("interet_mutuel", text="Deux marchés."))
    voices = {
        **numbered,
        "Q4": (
            home["Q4"],
            _says(at + 1, _THERE, said("besoins_ressentis", text="Une enquête de 2024.")),
            _says(at + 2, _BESIDE, said(text="منظور التعاونية")),
        ),
        "Q16": (
            home["Q16"],
            _says(at + 4, _THERE, said(text="Un marché, et des outils en état.")),
        ),
        "Q14": (
            _says(at + 8, _LEFT, said("interet_mutuel", text="Un jardin d’essai.")),
            _says(at + 10, _THERE, said("interet_mutuel", text="Trois marchés, finalement.")),
            home["Q14"],
        ),
        "Q2": (home["Q2"], _says(at + 5, _BESIDE, said(text="Un chantier partagé."))),
        "Q3": (home["Q3"], _says(at + 6, _THERE, Answer(skipped=True))),
        "Q9": (_says(at + 7, _THERE, said(text="La coopérative tient les comptes.")),),
        "Q7": (
            *((home["Q7"],) if "Q7" in home else ()),
            _says(at + 11, _BESIDE, said(text=SECRET), private=True),
        ),
    }
    adopted = {
        **{key: Adoption(one) for key, one in home.items()},
        "Q4": Adoption(joint, "written", at + 3),
        "Q16": Adoption(home["Q16"], "open", at + 4),
        "Q14": Adoption(picked, "picked", at + 9),
    }
    members = (_OWNER, _THERE, _BESIDE, _READER)
    together = Together(_OWNER, members, voices, adopted, last=at + 11)
    return dossier.as_retained(FLOW, replace(ORDINARY, dossier=4, together=together))


CROSSED = _crossed()

SAMPLES = {
    "empty": EMPTY,
    "ordinary": ORDINARY,
    "full": FULL,
    "scripts": SCRIPTS,
    "together": TOGETHER,
}
