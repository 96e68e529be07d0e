"""Catalogues of the interface: complete when they say so, each fault one clear line, updated in place."""

from pathlib import Path

import pytest

from bot import content
from bot.cli import main
from bot.cli.house import library
from bot.config import Settings
from bot.errors import ContentError
from bot.render.words import Vocabulary

HEAD = (
    '# {word}\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: {plurals};\\n"\n\n'
)
PAGES = (
    '{{ _("Bonjour") }}{% trans name %}Vous êtes {{ name }}.{% endtrans %}'
    "{% trans count=1 %}Un mot.{% pluralize %}{{ count }} mots.{% endtrans %}"
)
WHOLE = (
    'msgid "Bonjour"\nmsgstr "Hello"\n\nmsgid "Vous êtes %(name)s."\nmsgstr "You are %(name)s."\n\n'
    'msgid "Un mot."\nmsgid_plural "%(count)s mots."\nmsgstr[0] "A word."\nmsgstr[1] "%(count)s words."\n'
)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    (folder / "chat").mkdir(parents=True)
    (folder / "chat" / "page.j2").write_text(PAGES, encoding="utf-8")
    return folder


def put(
    templates: Path,
    text: str,
    *,
    language: str = "en",
    complete: bool = True,
    plurals: str = "nplurals=2; plural=(n != 1)",
) -> Path:
    path = templates / "locale" / language / "LC_MESSAGES" / "filrouge.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    word = "complete: true" if complete else "complete: false"
    path.write_text(HEAD.format(word=word, plurals=plurals) + text, encoding="utf-8")
    return path


def told(templates: Path) -> list[str]:
    return [str(one) for one in content.inspect_catalogues(templates)]


def test_a_whole_catalogue_has_no_fault(templates: Path) -> None:
    put(templates, WHOLE)
    assert told(templates) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WHOLE.replace('"Hello"', '""'), "il manque la traduction de « Bonjour »"),
        (WHOLE.replace('msgstr[1] "%(count)s words."', 'msgstr[1] ""'), "« Un mot. »"),
        ("#, fuzzy\n" + WHOLE, "« Bonjour » (« fuzzy » : relisez, puis effacez ce mot)"),
        (WHOLE.replace("You are %(name)s", "You are %(nom)s"), "%(nom)s n’est pas dans l’original"),
        (WHOLE.replace("You are %(name)s", "You are"), "à revoir : la traduction a perdu %(name)s"),
        (WHOLE + '\nmsgid "Adieu"\nmsgstr "Farewell"\n', "à revoir : n’est plus dit : « Adieu »"),
    ],
)
def test_each_fault_is_one_clear_line_at_its_place(
    templates: Path, text: str, message: str
) -> None:
    path = put(templates, text)
    found = told(templates)
    assert len(found) == 1 or "perdu" in message or "%(nom)s" in message, found
    assert any(message in one for one in found), found
    assert all("filrouge.po:" in one for one in found)
    assert all(int(one.split("filrouge.po:")[1].split(":")[0]) > 5 for one in found)
    assert path.exists()


def test_what_is_missing_is_summed_up_until_the_catalogue_is_said_complete(templates: Path) -> None:
    put(templates, 'msgid "Bonjour"\nmsgstr "Hello"\n', complete=False)
    (one,) = told(templates)
    assert "à revoir : il manque 2 textes sur 3" in one


def test_a_language_that_does_not_exist_is_one_line_and_stops_the_start(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = content.templates_folder()
    for path in shipped.rglob("*.j2"):
        target = templates / path.relative_to(shipped)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text("utf-8"), encoding="utf-8")
    put(templates, "", language="anglais")
    with pytest.raises(
        ContentError, match=r"^[^\n]*« anglais » n’est pas un code de langue \(en \?\)$"
    ):
        library(Settings(_env_file=None, templates=templates))
    started = library(Settings(_env_file=None, templates=templates, lenient=True))
    assert Vocabulary(started.templates).words("en").word("accept") == "J’accepte et je commence"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("six-etapes.zz.yaml", "flow: six-etapes\nlanguage: zz"),
        ("six-etapes.zz.yaml", "flow: six-etapes\nlanguage: en"),
        ("sheet/six-etapes.zz.yaml", "sheet: six-etapes\nlanguage: en"),
        ("glossary.zz.yaml", "language: en"),
    ],
)
def test_a_translation_in_a_language_that_does_not_exist_stops_the_start(
    tmp_path: Path, name: str, head: str
) -> None:
    import shutil

    flows = tmp_path / "flows"
    shutil.copytree(content.flows_folder(), flows)
    (flows / name).write_text(f"{head}\ntranslates: 1\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^[^\n]*« zz » n’est pas un code de langue[^\n]*$"):
        library(Settings(_env_file=None, flows=flows))
    assert library(Settings(_env_file=None, flows=flows, lenient=True)).flow.flow == "six-etapes"


def test_what_the_templates_say_now_is_brought_in_and_what_was_translated_is_kept(
    templates: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILROUGE_TEMPLATES", str(templates))
    path = put(templates, 'msgid "Bonjour"\nmsgstr "Hello"\n\nmsgid "Adieu"\nmsgstr "Farewell"\n')
    assert main(["words"]) == 0
    assert "1 textes traduits sur 3" in capsys.readouterr().err
    text = path.read_text("utf-8")
    assert text.startswith("# complete: true\n")
    assert 'msgstr "Hello"' in text
    assert "Adieu" not in text
    assert main(["words"]) == 0
    assert path.read_text("utf-8") == text
    assert main(["words", "sl"]) == 0  # as many forms as the language has
    assert (templates / "locale/sl/LC_MESSAGES/filrouge.po").read_text("utf-8").count(
        "msgstr["
    ) == 4
    capsys.readouterr()
    assert main(["words", "anglais"]) == 1
    assert "(en ?)" in capsys.readouterr().err


def test_what_a_catalogue_lacks_is_said_in_french_with_french_plurals(templates: Path) -> None:
    said = {"chat/words.j2": "", "chat/says.j2": "", "chat/progress.j2": "", "chat/page.j2": PAGES}
    path = put(templates, 'msgid "Bonjour"\nmsgstr "Hello"\n', complete=False)
    words = Vocabulary(
        {**said, "locale/en/LC_MESSAGES/filrouge.po": path.read_text("utf-8")}
    ).words("en")
    assert words.page("page", name="Anna") == "HelloVous êtes Anna.Un mot."


def test_the_interface_is_whole_in_english() -> None:
    assert [one for one in told(content.templates_folder()) if "locale/en/" in one] == []


def test_a_list_is_joined_as_its_language_does() -> None:
    folder = content.templates_folder()
    french = [one for one in folder.rglob("*.j2") if 'join(" ; ")' in one.read_text("utf-8")]
    assert not french, 'join(_(" ; "))'
