"""What a tutorial prints in bold is what the pages print."""

import re
from pathlib import Path

import pytest

from tools.catalogues import read_catalogue
from tools.source_texts import source_texts

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "knockon"
TUTORIALS = ROOT / "docs" / "tutorial"
BOLD = re.compile(r"\*\*(.+?)\*\*")


def words_of(file: str) -> set[str]:
    return set(BOLD.findall((TUTORIALS / file).read_text(encoding="utf-8")))


def catalogue(language: str) -> set[str]:
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    return {text for entry in read_catalogue(path) for text in entry.texts}


def test_the_english_tutorial_names_what_the_pages_say() -> None:
    said = {entry.msgid for entry in source_texts(PACKAGE)}

    assert words_of("first-answer.md") - said == set()


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_the_translated_tutorials_name_what_the_pages_say(language: str) -> None:
    file = f"first-answer.{language.replace('_', '-')}.md"

    assert words_of(file) - catalogue(language) == set()


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_the_tutorials_have_the_same_steps(language: str) -> None:
    heads = [
        re.findall(r"^## (\d?)", (TUTORIALS / file).read_text(encoding="utf-8"), re.MULTILINE)
        for file in ("first-answer.md", f"first-answer.{language}.md")
    ]

    assert heads[0] == heads[1]


@pytest.mark.parametrize("path", sorted(TUTORIALS.glob("*.md")), ids=lambda path: path.name)
def test_every_link_of_a_tutorial_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).resolve().exists()] == []
