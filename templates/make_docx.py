"""Makes `sheet.docx` and `sheet-sample.docx` anew: `python templates/make_docx.py`.

Needed only to change their structure here rather than in Word; what an office restyles in Word
stays theirs, and running this replaces it. The fields are listed in README.md.
"""

import copy
import io
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

INK, SOFT, RED = RGBColor(0x1D, 0x1D, 0x1F), RGBColor(0x57, 0x57, 0x5C), RGBColor(0xB3, 0x20, 0x2C)
FONT, OTHER_SCRIPTS = "Calibri", "Arial"
WIDTH = 16.6  # cm of text on a page
GRID = "Tableau Fil rouge"
HAIR = "DCD8D3"


# --- styles ------------------------------------------------------------------------------------


def blank() -> Any:
    """A document with the styles of the house, all of them to be changed in Word."""
    document = Document()
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    package = document.part.package
    for key, rel in list(package.rels.items()):
        if rel.reltype.endswith("/thumbnail"):
            package.rels.pop(key)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2), Cm(2.1)
    style(document, "Normal", 10.5, after=3)
    for level, size, before, colour in ((1, 22, 0, INK), (2, 12.5, 12, INK), (3, 11, 9, RED)):
        made = style(
            document, f"Heading {level}", size, bold=True, colour=colour, before=before, after=4
        )
        made.paragraph_format.keep_with_next = True
    style(document, "List Bullet", 10.5, after=2)
    style(document, "Footer", 8, colour=SOFT)
    style(document, "Chapô", 12.5, before=2, after=6)
    style(document, "Mention", 9, colour=SOFT, after=4)
    style(document, "Précision", 10, before=3, after=2).paragraph_format.left_indent = Cm(0.7)
    style(document, "Photo", 10.5, before=6, after=2).paragraph_format.keep_with_next = True
    style(document, "Saut de page", 1)
    style(document, "Réponse", 10.5, before=4, after=2)
    followed = style(document, "Réponse suivie", 10.5, before=4, after=2)
    followed.paragraph_format.keep_with_next = (
        True  # a choice does not stay alone at the foot of a page
    )
    framed = style(document, "Encadré", 12, before=2, after=6)
    framed.paragraph_format.left_indent = framed.paragraph_format.right_indent = Cm(0.3)
    framed.element.get_or_add_pPr().append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="8" w:color="B3202C"/></w:pBdr>'
        )
    )
    framed.element.get_or_add_pPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="FAF5F3"/>')
    )
    _ordered(framed.element.get_or_add_pPr())
    style(document, "Cellule", 9.5, after=2)
    style(document, "Cellule titre", 9.5, bold=True, after=2)
    style(document, "En-tête de tableau", 8.5, bold=True, colour=SOFT, after=0)
    for made in (
        style(document, "Cellule montant", 9.5, after=2),
        style(document, "En-tête de montant", 8.5, bold=True, colour=SOFT, after=0),
    ):
        made.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    label = document.styles.add_style("Libellé", WD_STYLE_TYPE.CHARACTER)
    label.font.color.rgb, label.font.bold, label.quick_style = SOFT, False, True
    document.styles.element.append(parse_xml(TABLE_STYLE))
    _language(document)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Fiche projet", "Fil rouge", ""
    properties.language = "fr-FR"
    return document


TABLE_STYLE = f"""<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="TableauFilrouge">
<w:name w:val="{GRID}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
<w:tblPr><w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="B3202C"/>
<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{HAIR}"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{HAIR}"/></w:tblBorders>
<w:tblCellMar><w:top w:w="80" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>
<w:bottom w:w="60" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>
<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>
<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="FAF5F3"/></w:tcPr></w:tblStylePr></w:style>"""


def style(
    document: Any,
    name: str,
    size: float,
    *,
    bold: bool = False,
    colour: RGBColor = INK,
    before: float = 0,
    after: float = 0,
) -> Any:
    known = [one.name for one in document.styles]
    made = (
        document.styles[name]
        if name in known
        else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    if name not in known:
        made.base_style = document.styles["Normal"]
        made.quick_style = True
    made.font.size, made.font.bold, made.font.color.rgb = Pt(size), bold, colour
    run = made.element.get_or_add_rPr()
    fonts = run.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key, font in (("ascii", FONT), ("hAnsi", FONT), ("eastAsia", FONT), ("cs", OTHER_SCRIPTS)):
        fonts.set(qn(f"w:{key}"), font)
    for tag, on in (("w:bCs", bold), ("w:szCs", True)):
        for one in run.findall(qn(tag)):
            run.remove(one)
        if on:
            one = OxmlElement(tag)
            if tag == "w:szCs":
                one.set(qn("w:val"), str(round(size * 2)))
            run.append(one)
    _sorted(run, RUN_ORDER)
    form = made.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.1
    form.widow_control = True
    return made


RUN_ORDER = ("rStyle rFonts b bCs i iCs caps color spacing sz szCs u lang").split()
PARAGRAPH_ORDER = (
    "pStyle keepNext keepLines widowControl numPr pBdr shd tabs"
    " spacing ind contextualSpacing jc outlineLvl"
).split()


def _sorted(element: Any, order: list[str]) -> None:
    names = {qn(f"w:{name}"): at for at, name in enumerate(order)}
    element[:] = sorted(element, key=lambda one: names.get(one.tag, len(order)))


def _ordered(properties: Any) -> None:
    _sorted(properties, PARAGRAPH_ORDER)


def _language(document: Any) -> None:
    lang = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    for key, value in (("val", "fr-FR"), ("eastAsia", "fr-FR"), ("bidi", "ar-SA")):
        lang.set(qn(f"w:{key}"), value)


# --- pieces ------------------------------------------------------------------------------------


def lines(where: Any, *said: tuple[str, str] | str) -> None:
    """Paragraphs: (style, text) or a tag alone; « **…** » is bold, « [[…]] » a label,
    « || » the beginning of another column."""
    for one in said:
        name, text = ("Normal", one) if isinstance(one, str) else one
        paragraph = where.add_paragraph(style=name)
        for piece in re.split(r"(\*\*.*?\*\*|\[\[.*?\]\]|\|\|)", text):
            if piece == "||":
                paragraph.add_run().add_break(WD_BREAK.COLUMN)
            elif piece.startswith("**"):
                paragraph.add_run(piece[2:-2]).bold = True
            elif piece.startswith("[["):
                paragraph.add_run(piece[2:-2], style="Libellé")
            elif piece:
                paragraph.add_run(piece)


def table(
    document: Any,
    head: list[str],
    loop: str,
    cells: list[list[tuple[str, str] | str]],
    widths: list[float],
) -> None:
    """A table with a repeated header row, and one row for each turn of `loop`."""
    made = document.add_table(rows=0, cols=len(head))
    made.style = document.styles[GRID]
    made.autofit = False
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    for key in ("lastRow", "firstColumn", "lastColumn", "noVBand"):
        look.set(qn(f"w:{key}"), "0")
    look.set(qn("w:firstRow"), "1")
    look.set(qn("w:val"), "0020")
    rows = [
        [[("En-tête de tableau", one)] for one in head],
        [[f"{{%tr {loop} %}}"], *([[]] * (len(head) - 1))],
        cells,
        [["{%tr endfor %}"], *([[]] * (len(head) - 1))],
    ]
    for at, row in enumerate(rows):
        added = made.add_row()
        mark = OxmlElement("w:tblHeader" if at == 0 else "w:cantSplit")
        added._tr.get_or_add_trPr().append(mark)
        for cell, content, width in zip(added.cells, row, widths, strict=True):
            cell.width = Cm(width)
            first = cell.paragraphs[0]
            lines(cell, *(content or [("Cellule", "")]))
            first._p.getparent().remove(first._p)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)


def field(paragraph: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        if kind == "":
            made = OxmlElement("w:instrText")
            made.set(qn("xml:space"), "preserve")
            made.text = f" {text} "
            run._r.append(made)
        elif kind != "text":
            made = OxmlElement("w:fldChar")
            made.set(qn("w:fldCharType"), kind)
            run._r.append(made)


def footer(document: Any) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Footer"]
    paragraph.paragraph_format.tab_stops.clear_all()
    tabs = document.styles["Footer"].paragraph_format.tab_stops
    while len(tabs):
        del tabs[0]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run("{{ projet_court }} · {{ edition }}\t{{ mots.page }} ")
    field(paragraph, "PAGE")
    paragraph.add_run(" {{ mots.page_of }} ")
    field(paragraph, "NUMPAGES")
    document.sections[0].footer.add_paragraph("{{ mots.made_with }}", style="Footer")


def section_ends(document: Any, columns: int) -> None:
    """What precedes stands in so many columns; Word balances them before a continuous break."""
    last = document.sections[-1]._sectPr
    last.get_or_add_pgMar()
    kind = last.find(qn("w:type"))
    if kind is None:
        kind = OxmlElement("w:type")
        last.insert(0, kind)
    kind.set(qn("w:val"), "continuous")
    ended = copy.deepcopy(last)
    cols = ended.find(qn("w:cols"))
    cols.set(qn("w:num"), str(columns))
    cols.set(qn("w:space"), str(Cm(0.9).twips))
    document.add_paragraph(style="Saut de page")._p.get_or_add_pPr().append(ended)


def _same_footer(document: Any) -> None:
    """Any of the sections may be the first of a document: each names the footer."""
    last = document.sections[-1]._sectPr
    reference = document.sections[0]._sectPr.find(qn("w:footerReference"))
    for section in document.sections:
        if section._sectPr.find(qn("w:footerReference")) is None:
            section._sectPr.insert(0, copy.deepcopy(reference))
    assert last.find(qn("w:footerReference")) is not None  # noqa: S101  # a script checks itself


# --- the two documents ---------------------------------------------------------------------------

# A question or a sentence needs no colon before what it introduces.
LABEL = (
    "[[{{ e.libelle }}"
    "{% if e.libelle and (e.libelle | last) not in '?!.…' %}{{ mots.colon }}{% endif %} ]]"
)
CHOSEN = (
    LABEL
    + "**{{ e.choix | join(' · ') }}**"
    + "{% if not e.choix and e.textes | length == 1 %}{{ e.textes | first }}{% endif %}"
)
TOLD = [
    "{%p for e in g.elements %}",
    "{%p if e.niveau %}",
    (
        "Précision",
        (
            f"{{% if e.libelle %}}{LABEL}{{% endif %}}"
            "{{ e.choix | join(mots.answer_separator) }}"
            "{% if not e.choix and e.textes %}{{ e.textes | first }}{% endif %}"
        ),
    ),
    "{%p for t in e.textes %}",
    "{%p if e.choix or not loop.first %}",
    ("Précision", "{{ t }}"),
    "{%p endif %}",
    "{%p endfor %}",
    "{%p else %}",
    "{%p if e.choix and e.textes %}",
    ("Réponse suivie", CHOSEN),
    "{%p else %}",
    ("Réponse", CHOSEN),
    "{%p endif %}",
    "{%p for t in e.textes %}",
    "{%p if e.choix or e.textes | length > 1 %}",
    "{{ t }}",
    "{%p endif %}",
    "{%p endfor %}",
    "{%p endif %}",
]
FILES = [
    "{%p if e.pieces %}",
    ("Mention", "{{ mots.files }}{{ mots.colon }} {{ e.pieces }}"),
    "{%p endif %}",
    "{%p endfor %}",
]


def sheet() -> Any:
    """Both documents: what a sheet holds says which one it is."""
    document = blank()
    _head(document)
    long_title = next(one for one in document.paragraphs if one.style.name == "Heading 1")
    long_title.runs[0].font.size = Pt(14)
    lines(
        document,
        "{%p if not a_montrer %}",
        ("Heading 2", "{{ mots.compass }}"),
        ("Mention", "{{ mots.compass_about }}"),
        "{{ boussole_image }}",
        "{%p endif %}",
    )
    lines(document, "{%p if premiere_page %}")
    section_ends(document, columns=1)
    _first_page(document)
    section_ends(document, columns=2)
    lines(document, "{%p endif %}")
    lines(
        document,
        "{%p if not premiere_page and not rubriques %}",
        ("Mention", "{{ mots.nothing_yet }}"),
        "{%p endif %}",
        "{%p if premiere_page and rubriques %}",
    )
    document.add_paragraph(style="Saut de page").paragraph_format.page_break_before = True
    lines(document, "{%p endif %}", "{%p for r in rubriques %}", ("Heading 2", "{{ r.titre }}"))
    lines(document, "{%p if r.vide %}", ("Mention", "{{ r.vide }}"), "{%p endif %}")
    lines(
        document,
        "{%p for g in r.groupes %}",
        "{%p if g.titre %}",
        ("Heading 3", "{{ g.titre }}"),
        "{%p endif %}",
    )
    _groups(document)
    lines(document, "{%p endfor %}", "{%p endfor %}")
    lines(
        document,
        "{%p if photos %}",
        ("Heading 2", "{{ mots.photos }}"),
        "{%p for p in photos %}",
        ("Photo", "{{ p.image }}"),
        ("Mention", "{{ p.legende }}"),
        "{%p endfor %}",
        "{%p endif %}",
    )
    footer(document)
    _same_footer(document)
    return document


def _head(document: Any) -> None:
    lines(
        document,
        ("Mention", "**{{ document }}** · {{ edition }}"),
        "{%p if projet | length > 120 %}",
        ("Heading 1", "{{ projet }}"),
        "{%p else %}",
        ("Heading 1", "{{ projet }}"),
        "{%p endif %}",
        "{%p if phrase %}",
        ("Chapô", "{{ phrase }}"),
        "{%p endif %}",
        "{%p if territoires %}",
        (
            "Mention",
            (
                "{% for t in territoires %}**{{ t.nom }}**{% if t.pays %} ({{ t.pays }}){% endif %}"
                "{% if not loop.last %} — {% endif %}{% endfor %}"
            ),
        ),
    )
    document.paragraphs[-1].paragraph_format.space_after = Pt(10)
    lines(document, "{%p endif %}")


def _first_page(document: Any) -> None:
    lines(
        document,
        "{%p for ligne in premiere_page %}",
        "{%p if loop.first or ligne.autre_colonne %}",
        ("Heading 2", "{% if ligne.autre_colonne %}||{% endif %}{{ ligne.titre }}"),
    )
    document.paragraphs[-1].paragraph_format.space_before = Pt(0)  # both columns begin level
    lines(
        document,
        "{%p else %}",
        ("Heading 2", "{{ ligne.titre }}"),
        "{%p endif %}",
        "{%p if ligne.type == 'forces' %}",
        "{%p for e in ligne.elements %}",
        ("List Bullet", "{{ e.phrase }}"),
        "{%p endfor %}",
        "{%p elif ligne.type == 'a_regler' %}",
        "{%p for e in ligne.elements %}",
        ("List Bullet", "{{ e.quoi }}{% if e.qui_quand %} [[({{ e.qui_quand }})]]{% endif %}"),
        "{%p endfor %}",
        "{%p elif ligne.type == 'demande' %}",
        "{%p for e in ligne.elements %}",
        "{%p if e.choix %}",
        ("Encadré", "{{ e.choix | join(' · ') }}"),
        "{%p endif %}",
        "{%p for t in e.textes %}",
        ("Encadré", "{{ t }}"),
        "{%p endfor %}",
        "{%p endfor %}",
        "{%p else %}",
        "{%p for e in ligne.elements %}",
        "{%p if e.choix or not e.textes %}",
        (
            "Normal",
            (
                f"{{% if ligne.elements | length > 1 %}}{LABEL}{{% endif %}}"
                "{{ e.choix | join(' · ') }}"
            ),
        ),
        "{%p for t in e.textes %}",
        "{{ t }}",
        "{%p endfor %}",
        "{%p else %}",
        "{%p for t in e.textes %}",
        (
            "Normal",
            (
                f"{{% if loop.first and ligne.elements | length > 1 %}}{LABEL}{{% endif %}}"
                "{{ t }}"
            ),
        ),
        "{%p endfor %}",
        "{%p endif %}",
        "{%p endfor %}",
        "{%p endif %}",
        "{%p endfor %}",
    )


def _groups(document: Any) -> None:
    lines(document, "{%p if r.type == 'points' or r.type == 'idees' %}")
    table(
        document,
        ["{{ mots.point }}", "{{ mots.because }}", "{{ mots.risk }}", "{{ mots.first_step }}"],
        "for e in g.elements",
        [
            [("Cellule titre", "{{ e.titre }}"), ("Cellule", "{{ e.conseil }}")],
            [
                "{%p for b in e.parce_que %}",
                ("Cellule", "[[{{ b.question }}{{ mots.colon }} ]]{{ b.reponses }}"),
                "{%p endfor %}",
            ],
            [("Cellule", "{{ e.risque }}")],
            [
                ("Cellule titre", "{{ e.premier_geste }}"),
                "{%p if e.vu_dans %}",
                ("Cellule", "[[{{ mots.seen }}{{ mots.colon }} ]]{{ e.vu_dans }}"),
                "{%p endif %}",
            ],
        ],
        [4.6, 4.1, 3.7, 4.2],
    )
    lines(document, "{%p elif r.type == 'plan' %}")
    table(
        document,
        [
            "{{ mots.point }}",
            "{{ mots.what }}",
            "{{ mots.who }}",
            "{{ mots.when }}",
            "{{ mots.state }}",
        ],
        "for e in g.elements",
        [
            [("Cellule titre", "{{ e.titre }}")],
            [("Cellule", "{{ e.prevu or e.premier_geste or '–' }}")],
            [("Cellule", "{{ e.qui or '–' }}")],
            [("Cellule", "{{ e.quand or '–' }}")],
            [("Cellule", "{{ e.etat }}")],
        ],
        [4.4, 4.7, 3.0, 2.7, 1.8],
    )
    lines(
        document,
        "{%p elif r.type == 'forces' %}",
        "{%p for e in g.elements %}",
        ("List Bullet", "**{{ e.phrase }}** [[{{ mots.why }}{{ mots.colon }} ]]{{ e.pourquoi }}"),
        "{%p endfor %}",
        "{%p elif r.type == 'questions' %}",
        "{%p for e in g.elements %}",
        ("List Bullet", "**{{ e.titre }}**{{ mots.colon }} {{ e.question }}"),
        "{%p if e.reponse %}",
        ("Précision", "[[{{ mots.your_answer }}{{ mots.colon }} ]]{{ e.reponse }}"),
        "{%p endif %}",
        "{%p endfor %}",
        "{%p elif r.type == 'voix' %}",
        "{%p for e in g.elements %}",
        ("Heading 3", "{{ e.titre }}"),
    )
    table(
        document,
        [
            "{% for t in territoires %}{% if loop.first %}{{ t.nom }}{% endif %}{% endfor %}",
            "{% for t in territoires %}{% if loop.last %}{{ t.nom }}{% endif %}{% endfor %}",
        ],
        "for v in e.voix",
        [
            [
                f"{{%p if v.{side}.choix %}}",
                ("Cellule", f"**{{{{ v.{side}.choix | join(' · ') }}}}**"),
                "{%p endif %}",
                f"{{%p for t in v.{side}.textes %}}",
                ("Cellule", "{{ t }}"),
                "{%p endfor %}",
                ("Mention", f"{{{{ v.{side}.qui }}}}"),
            ]
            for side in ("ici", "la_bas")
        ],
        [8.3, 8.3],
    )
    lines(
        document,
        "{%p if e.decision %}",
        (
            "Encadré",
            "**{{ e.decision }}{% if e.retenu %}{{ mots.colon }}{% endif %}** {{ e.retenu }}",
        ),
        "{%p endif %}",
        "{%p endfor %}",
        "{%p elif r.type == 'experiences' %}",
        "{%p for e in g.elements %}",
        ("Heading 3", "{{ e.titre }}"),
        ("Mention", "{{ e.lieu }}"),
        (
            "Normal",
            "[[{{ mots.near }}{{ mots.colon }} ]]{{ e.proche | join(mots.answer_separator) }}",
        ),
        ("Normal", "[[{{ mots.lesson }}{{ mots.colon }} ]]{{ e.apprend }}"),
        "{%p if e.question_ouverte %}",
        ("Normal", "[[{{ mots.open_question }}{{ mots.colon }} ]]{{ e.question_ouverte }}"),
        "{%p endif %}",
        "{%p endfor %}",
        "{%p else %}",
        *TOLD,
        "{%p if e.tableau.lignes %}",
    )
    _filled(document)
    lines(
        document,
        "{%p for note in e.tableau.notes %}",
        ("Mention", "{{ note }}"),
        "{%p endfor %}",
        "{%p endif %}",
        *FILES,
        "{%p endif %}",
    )


def _filled(document: Any) -> None:
    """A table that the group filled: as many columns as it has, amounts at the right."""
    made = document.add_table(rows=0, cols=3)
    made.style = document.styles[GRID]

    def cell(kind: str, of: str, amount: str = "") -> list[list[tuple[str, str] | str]]:
        said = [
            "{%p if c.montant %}",
            (amount or "Cellule montant", "{{ c.texte }}"),
            "{%p else %}",
            (kind, "{{ c.texte }}"),
            "{%p endif %}",
        ]
        return [[f"{{%tc for c in {of} %}}"], said, ["{%tc endfor %}"]]

    rows = [
        cell("En-tête de tableau", "e.tableau.titres", "En-tête de montant"),
        [["{%tr for ligne in e.tableau.lignes %}"], [], []],
        cell("Cellule", "ligne.cellules"),
        [["{%tr endfor %}"], [], []],
        [["{%tr if e.tableau.total %}"], [], []],
        cell("Cellule titre", "e.tableau.total"),
        [["{%tr endif %}"], [], []],
    ]
    for at, row in enumerate(rows):
        added = made.add_row()
        mark = OxmlElement("w:tblHeader" if at == 0 else "w:cantSplit")
        added._tr.get_or_add_trPr().append(mark)
        for place, content in zip(added.cells, row, strict=True):
            first = place.paragraphs[0]
            lines(place, *(content or [("Cellule", "")]))
            first._p.getparent().remove(first._p)


def sample() -> Any:
    """A small document to begin one's own from; comments in the margin say what each tag does."""
    document = blank()
    document.core_properties.title = "Exemple de modèle à adapter"

    def said(style: str, text: str, comment: str = "") -> None:
        lines(document, (style, text))
        if comment:
            paragraph = document.paragraphs[-1]
            document.add_comment(paragraph.runs, text=comment, author="Fil rouge", initials="FR")

    said(
        "Mention",
        "{{ document }} · {{ edition }}",
        "Ce qui est entre doubles accolades est remplacé. Tout le reste de la page est à vous :"
        " logo, couleurs, mots. Ces commentaires ne sortent pas dans vos documents.",
    )
    said(
        "Heading 1",
        "{{ projet }}",
        "Le nom du projet. La mise en forme de la balise est celle du texte qui la remplace.",
    )
    said("Chapô", "{{ phrase }}")
    said(
        "Normal",
        "Territoires : {% for t in territoires %}{{ t.nom }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "« for … endfor » répète ce qu’il entoure pour chaque territoire ;"
        " « if … endif » ne garde ce qu’il entoure que si la condition est vraie.",
    )
    said("Heading 2", "Le besoin")
    said(
        "Normal",
        "{{ reponses.Q4.texte }}",
        "La réponse à une question, par son numéro : choix et texte."
        " reponses.Q4.choix donne les choix seuls.",
    )
    said("Heading 2", "Ce qui est solide")
    said(
        "Normal",
        "{%p for force in forces %}",
        "« %p » : la balise est seule dans son paragraphe, et ce paragraphe disparaît.",
    )
    said("List Bullet", "{{ force.phrase }}")
    said("Normal", "{%p endfor %}")
    said("Heading 2", "Ce que nous allons faire")
    said("Normal", "{%p if plan %}", "Le tableau ne sort que s’il y a un plan d’action.")
    table(
        document,
        ["Action", "Qui", "Quand"],
        "for action in plan",
        [
            [("Cellule", "{{ action.quoi }}")],
            [("Cellule", "{{ action.qui }}")],
            [("Cellule", "{{ action.quand }}")],
        ],
        [8.6, 4.5, 3.5],
    )
    said(
        "Normal",
        "{%p endif %}",
        "« %tr », dans un tableau : la ligne qui porte la balise disparaît, celle du milieu est répétée.",
    )
    said(
        "Normal",
        "{%p if not a_montrer %}",
        "a_montrer est vrai pour la fiche à montrer, faux pour la feuille de travail.",
    )
    said("Heading 2", "Points à regarder")
    said("Normal", "{%p for point in points %}")
    said("Heading 3", "{{ point.titre }}")
    said("Normal", "{{ point.conseil }} Premier geste : {{ point.premier_geste }}")
    said("Normal", "{%p endfor %}")
    said("Normal", "{%p endif %}")
    said("Normal", "{%p for photo in photos %}", "Les photos mises dans la fiche, s’il y en a.")
    said("Photo", "{{ photo.image }}")
    said("Mention", "{{ photo.legende }}")
    said("Normal", "{%p endfor %}")
    footer(document)
    return document


# --- files ---------------------------------------------------------------------------------------

EPOCH = (2026, 1, 1, 0, 0, 0)


def saved(document: Any) -> bytes:
    """The same document, the same bytes: entries of the package carry no time of their own."""
    first, made = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as package, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name in package.namelist():
            out.writestr(zipfile.ZipInfo(name, EPOCH), package.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def main() -> int:
    folder = Path(__file__).parent
    for name, document in (("sheet.docx", sheet()), ("sheet-sample.docx", sample())):
        (folder / name).write_bytes(saved(document))
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
