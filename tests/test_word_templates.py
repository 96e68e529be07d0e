"""Word templates that people send: faults told where they stand, attacks that come to nothing."""

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.conversation import TemplateFault
from bot.errors import FilrougeError
from bot.export import own_template
from bot.export.word import apart, own, package
from bot.export.word.fields import fields
from bot.export.words import words
from bot.render.words import Words
from tests.play import plain
from tests.samples import FLOW, FULL, ORDINARY, TEMPLATES, said, sheet

KNOWN = fields(own_template.example(FLOW), words(TEMPLATES))
SAYS = Words({name: text for name, text in TEMPLATES.items() if isinstance(text, str)})
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template(*paragraphs: str, rows: tuple[str, ...] = ()) -> bytes:
    document = Document()
    for one in paragraphs:
        document.add_paragraph(one)
    if rows:
        table = document.add_table(rows=0, cols=1)
        for row in rows:
            table.add_row().cells[0].text = row
    return saved(document)


def saved(document: Any) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """The same package with parts changed; `added`: new ones, « __ » for « / », « _o_ » for « . »."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in added.items():
            new.writestr(name.replace("__", "/").replace("_o_", "."), data)
    return made.getvalue()


def linked(content: bytes, kind: str, target: str, mode: str = "External") -> bytes:
    rel = f'<Relationship Id="rIdX" Type="{REL}/{kind}" Target="{target}" TargetMode="{mode}"/>'

    def change(name: str, data: bytes) -> bytes:
        wanted = name == "word/_rels/document.xml.rels"
        return (
            data.replace(b"</Relationships>", f"{rel}</Relationships>".encode()) if wanted else data
        )

    return changed(content, change)


def with_field(code: str) -> bytes:
    document = Document()
    run = document.add_paragraph().add_run()
    for kind in ("begin", "", "end"):
        made = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            made.set(qn("w:fldCharType"), kind)
        else:
            made.text = code
        run._r.append(made)
    return saved(document)


def faults(content: bytes) -> list[TemplateFault]:
    """In this process: quick, and enough where nothing is dangerous."""
    return own.faults(content, KNOWN, b"")


def told(fault: TemplateFault) -> str:
    args = {"kind": fault.kind, "tag": fault.tag, "paragraph": fault.paragraph, "hint": fault.hint}
    return plain(SAYS.says("template_fault", **args))


def filled(content: bytes, conversation: Any = ORDINARY, document: str = "work") -> list[str]:
    made = own_template.export(sheet(conversation, document), content, TEMPLATES)
    return [one.text for one in Document(io.BytesIO(made)).paragraphs]


# --- what is accepted ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sheet.docx", "sheet-sample.docx"])
def test_our_own_templates_are_accepted_and_filled(name: str) -> None:
    content = TEMPLATES[name]
    assert isinstance(content, bytes)
    assert own_template.check(content, FLOW, TEMPLATES) == ()
    assert "Les jardins des deux rives" in filled(content)


def test_comments_of_the_sample_do_not_go_out() -> None:
    content = TEMPLATES["sheet-sample.docx"]
    assert isinstance(content, bytes)
    made = own_template.export(sheet(ORDINARY), content, TEMPLATES)
    with zipfile.ZipFile(io.BytesIO(made)) as out:
        assert not [one for one in out.namelist() if "comments" in one]
        assert b"comment" not in out.read("word/document.xml")


@pytest.mark.parametrize(
    "tag",
    [
        "{{ reponses[“I_nom”].texte }}",
        "{{ reponses[« I_nom »].texte }}",
        "{{\u00a0reponses[‘I_nom’].texte\u00a0}}",
        "{% if projet == “Les jardins des deux rives” %}Les jardins des deux rives{% endif %}",
        "{{ reponses.I_nom.textes }}",
        "{{projet}}",
    ],
)
def test_what_word_does_to_quotes_is_mended(tag: str) -> None:
    assert faults(template(tag)) == []
    assert filled(template(tag)) == ["Les jardins des deux rives"]


def test_a_tag_cut_by_word_into_runs_is_one_tag() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for piece, bold in (("{", None), ("{ pro", True), ("jet }", None), ("}", True)):
        paragraph.add_run(piece).bold = bold
    assert faults(saved(document)) == []
    assert filled(saved(document)) == ["Les jardins des deux rives"]


def test_rows_are_repeated() -> None:
    content = template(
        rows=("Étape", "{%tr for e in boussole %}", "{{ e.titre }}", "{%tr endfor %}")
    )
    assert faults(content) == []
    made = own_template.export(sheet(ORDINARY), content, TEMPLATES)
    (table,) = Document(io.BytesIO(made)).tables
    assert len(table.rows) == 7


def test_a_template_of_somebody_s_disk_is_taken_off() -> None:
    settings_rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{REL}/attachedTemplate"'
        ' Target="file:///C:/Users/x/Normal.dotm" TargetMode="External"/></Relationships>'
    )
    attached = b'<w:attachedTemplate r:id="rId1"/></w:settings>'
    content = changed(
        template("{{ projet }}"),
        lambda name, data: (
            data.replace(b"</w:settings>", attached).replace(
                b"<w:settings ", f'<w:settings xmlns:r="{REL}" '.encode(), 1
            )
            if name == "word/settings.xml" and b"xmlns:r=" not in data
            else data.replace(b"</w:settings>", attached)
            if name == "word/settings.xml"
            else data
        ),
        word___rels__settings_o_xml_o_rels=settings_rels.encode(),
    )
    assert faults(content) == []
    made = own_template.export(sheet(ORDINARY), content, TEMPLATES)
    with zipfile.ZipFile(io.BytesIO(made)) as out:
        assert all(b"C:/Users" not in out.read(one) for one in out.namelist())


def test_words_in_the_shape_of_tags_stay_words() -> None:
    nasty = "{{ 7*7 }} {% for x in y %} {_{ a }_} </w:t>"
    answers = {**ORDINARY.answers, "Q4": said("croise", text=nasty)}
    found = filled(template("{{ reponses.Q4.textes }}"), type(ORDINARY)(answers=answers))
    assert [one.replace("\u202f", " ").replace("\u00a0", " ") for one in found] == [nasty]


# --- faults, told where they stand ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraphs", "kind", "words_told"),
    [
        (("Nom : {{ projett }}",), "unknown_field", ["{{ projett }}", "projet ?", "Nom :"]),
        (("{{ reponses.Q44.texte }}",), "unknown_field", ["Q44", "reponses.Q4"]),
        (("{% for p in points %}{{ p.conseill }}{% endfor %}",), "unknown_field", ["p.conseil"]),
        (("{{ points.titre }}",), "of_a_list", ["points est une liste"]),
        (("{{ points }}",), "prints_a_list", ["parcourez-la"]),
        (("{% for p in projet %}{% endfor %}",), "not_a_list", ["projet", "pas une liste"]),
        (("Le {{ projet est beau",), "unclosed", ["il manque }}", "Le {{ projet est beau"]),
        (("Le {{ projet", "}} est beau"), "unclosed", ["il manque }}"]),
        (("Le projet }} est beau",), "unopened", ["}}"]),
        (("{%p if projet %}", "x"), "never_closed", ["{%p if projet %}", "endif"]),
        (("x", "{%p endfor %}"), "never_opened", ["for"]),
        (("{% if projet %}{% for p in plan %}{% endif %}",), "crossed", ["for p in plan"]),
        (("{% macro a() %}{% endmacro %}",), "unknown_tag", ["macro"]),
        (("{{ projet | shout }}",), "unknown_filter", ["upper"]),
        (("Ici {%p if projet %}", "{%p endif %}"), "not_alone", ["seule dans son paragraphe"]),
        (("{%tr for p in plan %}", "{%tr endfor %}"), "not_in_table", ["tableau"]),
        (("{{ projet + }}",), "syntax", ["ne se lit pas"]),
        (("{{p projet }}",), "forbidden", ["pas permise"]),
    ],
)
def test_a_fault_names_its_tag_and_quotes_its_paragraph(
    paragraphs: tuple[str, ...], kind: str, words_told: list[str]
) -> None:
    fault = faults(template(*paragraphs))[0]
    assert fault.kind == kind
    for one in words_told:
        assert one in told(fault)
    assert fault.paragraph in told(fault)


def test_every_fault_is_told() -> None:
    found = faults(template("{{ a }}", "{{ projett }}", "{{ points }}", "{%p if"))
    assert [one.kind for one in found] == [
        "unknown_field", "unknown_field", "prints_a_list", "unclosed",
    ]  # fmt: skip


def test_faults_of_a_footer_are_told_too() -> None:
    document = Document()
    document.sections[0].footer.paragraphs[0].text = "{{ pied }}"
    assert faults(saved(document))[0].tag == "{{ pied }}"


def test_a_tag_that_straddles_cells_is_refused() -> None:
    content = template(rows=("{% if projet %}", "a{% endif %}"))
    assert {one.kind for one in faults(content)} <= {"straddles"}


PIECES = [
    "{{", "}}", "{%", "%}", "{#", "#}", "{%p", "{%tr", "if", "for", "endif", "endfor", "else", "in",
    "projet", "points", "phrase", "p.titre", "x", "|", "upper", "“", "”", "«", "»", "'", "(", ")", "[",
    "]", ".", "+", "~", "set", "=", "==", "not", "loop.index", "-", ",", "0", "1",
]  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=14,
    )
    | st.lists(st.text("{}%#p .'|x[]", max_size=6), max_size=6)
)
@example(["{%", "set", "projet", "=", "projet", "%}"])
def test_what_is_accepted_can_be_filled_and_what_is_not_is_told(pieces: list[str]) -> None:
    content = template("début", " ".join(pieces), "fin")
    found = faults(content)
    for fault in found:
        assert len(told(fault)) < 700
        assert fault.kind != "cannot_fill", fault
    if not found:
        assert own.filled(content, fields(sheet(FULL), words(TEMPLATES)), b"")


# --- attacks -----------------------------------------------------------------------------------------

INJECTIONS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ projet.__class__ }}",
    "{{ projet['__class__'] }}",
    "{{ projet|attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ config }}",
    "{{ request }}",
    "{{ projet.format(projet) }}",
    "{{ '%s' % projet }}",
    "{{ loop.__class__ }}",
    "{% for p in plan %}{{ loop.cycle.__func__ }}{% endfor %}",
    "{{ range(10**9) | list }}",
    "{% for a in range(999999999) %}{% endfor %}",
    "{{ 'a' * 999999999 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ dict(a=1) }}",
    "{{ namespace() }}",
    "{{ joiner() }}",
    "{{ plan.append(1) }}",
    "{{ plan.clear() }}",
    "{{ reponses.items() }}",
    "{{ projet | map('upper') | list }}",
    "{{ projet | format }}",
    "{{ projet | safe }}",
    "{{ projet | xmlattr }}",
    "{{ projet | center(999999999) }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% call f() %}{% endcall %}",
    "{% filter upper %}{% endfilter %}",
    "{% set a, b = plan %}",
    "{% set ns.x = 1 %}",
    "{% raw %}{{ x }}{% endraw %}",
    "{% autoescape false %}{{ projet }}{% endautoescape %}",
    "{% for a in plan recursive %}{{ loop(plan) }}{% endfor %}",
    "{% for a, b in plan %}{% endfor %}",
    "{% do plan.append(1) %}",
    "{% print projet %}",
    "{% trans %}a{% endtrans %}",
    "{{r projet }}",
]


@pytest.mark.parametrize("tag", INJECTIONS)
def test_a_template_reaches_nothing_but_its_fields(tag: str) -> None:
    found = faults(template(tag))
    assert found, tag
    assert all(one.kind != "cannot_fill" for one in found)


@pytest.mark.parametrize("tag", INJECTIONS)
def test_even_unchecked_a_tag_gives_nothing_away(tag: str) -> None:
    """The cage holds without the check: nothing of Python comes out."""
    harmless = {"'a' *", "9 **", "| center", "{% raw"}  # stopped by the limits, or inert
    if any(one in tag for one in harmless):
        return
    try:
        made = own.filled(template(tag), fields(sheet(ORDINARY), words(TEMPLATES)), b"")
    except own.Unfillable:
        return
    text = "".join(one.text for one in Document(io.BytesIO(made)).paragraphs)
    for sign in ("<class", "<built-in", "<function", "root:", "object at", "uid=", "dict_items"):
        assert sign not in text, tag


def bomb(size: int = 60_000_000) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template("x"))) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/media/image1.png", b"\0" * size)
    return made.getvalue()


def laughs(content: bytes) -> bytes:
    doctype = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
    )

    def change(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        head, end, rest = data.partition(b"?>")
        return head + end + doctype + b"]>" + rest.replace(b"BOOM", b"&j;")

    return changed(content, change)


def outside(content: bytes) -> bytes:
    doctype = b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

    def change(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        head, end, rest = data.partition(b"?>")
        return head + end + doctype + rest.replace(b"BOOM", b"&a;")

    return changed(content, change)


def lying() -> bytes:
    """An entry that declares a few bytes and holds many."""
    content = bytearray(bomb(30_000_000))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"word/media/image1.png"))
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"
DOTX = b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
PLAIN = package.MAIN.encode()


def retyped(kind: bytes) -> bytes:
    return changed(template("x"), lambda name, data: data.replace(PLAIN, kind))


def many() -> bytes:
    return changed(template("x"), lambda _, data: data, **{f"word__a{n}": b"x" for n in range(900)})


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "bombe": (bomb, "bomb"),
    "bombe de 400 Mo": (lambda: bomb(400_000_000), "bomb"),
    "taille mensongère": (lying, "not_word"),
    "trop de parties": (many, "bomb"),
    "milliard de rires": (lambda: laughs(template("BOOM")), "entities"),
    "entité externe": (lambda: outside(template("BOOM")), "entities"),
    "image liée": (lambda: linked(template("x"), "image", "http://example.org/a.png"), "external"),
    "image sur un partage": (
        lambda: linked(template("x"), "image", "file:////serveur/partage/a.png"),
        "external",
    ),
    "lien de fichier": (
        lambda: linked(template("x"), "hyperlink", "file:///etc/passwd"),
        "external",
    ),
    "lien de script": (lambda: linked(template("x"), "hyperlink", "javascript:a()"), "external"),
    "cadre": (lambda: linked(template("x"), "frame", "http://example.org/"), "external"),
    "objet OLE": (
        lambda: linked(template("x"), "oleObject", "embeddings/a.bin", "Internal"),
        "embedded",
    ),
    "morceau d’un autre format": (
        lambda: linked(template("x"), "aFChunk", "a.html", "Internal"),
        "embedded",
    ),
    "macro": (
        lambda: changed(template("x"), lambda _, data: data, word__vbaProject_o_bin=b"\xd0\xcf"),
        "macro",
    ),
    "docm renommé": (lambda: retyped(MACRO), "macro"),
    "dotx": (lambda: retyped(DOTX), "not_docx"),
    "ancien format": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old_word"),
    "vide": (lambda: b"", "not_word"),
    "pdf": (lambda: b"%PDF-1.7\n", "not_word"),
    "tronqué": (lambda: template("x")[:5000], "not_word"),
    "trop lourd": (lambda: b"PK" + b"\0" * 5_100_000, "too_big"),
    "XML cassé": (
        lambda: changed(template("x"), lambda n, d: d[:-9] if n.endswith("document.xml") else d),
        "not_word",
    ),
    "INCLUDEPICTURE": (lambda: with_field(' INCLUDEPICTURE "http://example.org" '), "field_code"),
    "DDE": (lambda: with_field(" DDEAUTO c:\\\\windows cmd "), "field_code"),
    "balise dans un champ": (lambda: with_field(" PAGE {{ projet }} "), "field_code"),
    "champ dans un champ": (lambda: with_field(' INCLUDETEXT "/etc/passwd" '), "field_code"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_quickly_and_told(name: str) -> None:
    make, kind = ATTACKS[name]
    content = make()
    began = time.monotonic()
    found = own_template.check(content, FLOW, TEMPLATES)
    assert time.monotonic() - began < 60
    assert [one.kind for one in found][:1] == [kind], found
    assert len(told(found[0])) > 30


def test_memory_is_bounded() -> None:
    doubling = "{% set x = 'aaaaaaaaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}"
    assert [one.kind for one in own_template.check(template(doubling), FLOW, TEMPLATES)] == [
        "exhausted"
    ]


@pytest.mark.timeout(120)
def test_time_is_bounded() -> None:
    """Accepted on the example, endless on a real dossier: no document, and nobody waits for it."""
    deep = 14
    opened = "".join(f"{{% for a{n} in boussole %}}" for n in range(deep))
    content = template(opened + "{{ projet }}" + "{% endfor %}" * deep)
    assert own_template.check(content, FLOW, TEMPLATES) == ()
    began = time.monotonic()
    with pytest.raises(FilrougeError, match="exhausted"):
        own_template.export(sheet(ORDINARY), content, TEMPLATES)
    assert time.monotonic() - began < apart.LATE + 40


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "piece", ["{{", "{%", "{% if ", "}}", "{%p for x in ", "{#", "{% colspan "]
)
def test_a_flood_of_half_tags_is_told_in_time(piece: str) -> None:
    began = time.monotonic()
    assert own_template.check(template(piece * 100_000), FLOW, TEMPLATES)
    assert time.monotonic() - began < apart.LATE + 40


def test_the_process_apart_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_TOKEN", "42:secret")
    assert "42:secret" not in apart._environment().values()


def test_what_the_process_apart_answers_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer in (
        b"",
        b"null\n",
        b"[]\n",
        b'{"faults": [1], "size": 0}\n',
        b"\xff" * 50,
        b"{" * 9000,
    ):
        monkeypatch.setattr(apart, "_run", lambda _, answer=answer: answer)
        assert own_template.faults(b"x") == (apart.EXHAUSTED,)
        with pytest.raises(FilrougeError, match="exhausted"):
            own_template.filled(b"x")
    monkeypatch.setattr(apart, "_run", lambda _: b'{"faults": [], "size": 0}\n')
    with pytest.raises(FilrougeError, match="empty"):
        own_template.filled(b"x")
