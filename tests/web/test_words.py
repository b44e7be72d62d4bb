"""Whatever the engine and the services say has words, in three languages."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from knockon.apps.accounts.models import User
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.reason_texts import (
    CHECK_CODES,
    ERROR_TEXTS,
    basis_text,
    effect_text,
    gap_text,
    kind_text,
    link_text,
    move_text,
    place_text,
    severity_text,
    state_text,
    step_text,
)
from knockon.apps.disruptions.reason_texts.freed import FREED_CODES
from knockon.domain.access import Role
from knockon.domain.disruptions import DisruptionKind, DisruptionState, RepairBasis, Severity
from knockon.domain.impact import Effect, StepType
from knockon.engine.graph.collector import LinkKind
from knockon.engine.impact.pegging import PegRule
from knockon.engine.schedule.projection import WaitKind
from knockon.web.wording import NOTHING, number_text, quantity_text, span_text
from tests.web.test_access import PAGES, addresses
from tools.catalogues import LOCALES, read_catalogue

CHINESE = ("zh_Hant", "zh_Hans")
ENGINE = Path(__file__).parents[2] / "src" / "knockon" / "engine"
SERVICES = Path(__file__).parents[2] / "src" / "knockon" / "apps" / "disruptions"
GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
# Words that stay as they are in every language.
SAME = {"Knockon", "Webhook", "P80", "MB"}


def _literals(pattern: str, folder: Path) -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    return {found for text in texts for found in re.findall(pattern, text)}


def test_every_link_of_a_path_has_words() -> None:
    codes = {kind.name.lower() for kind in LinkKind} | {rule.value for rule in PegRule}
    codes |= {kind.value for kind in WaitKind} | _literals(r'via="([a-z_]+)"', ENGINE)

    assert sorted(code for code in codes if link_text(code) == code.replace("_", " ")) == []


def test_every_gap_has_a_sentence() -> None:
    codes = _literals(r'Gap\(\s*code="([a-z_]+)"', ENGINE)

    assert len(codes) > 10
    assert sorted(code for code in codes if code in gap_text(code, where="here")) == []


def test_every_check_has_a_sentence() -> None:
    codes = _literals(r'Reason\(\s*code="([a-z_]+)"', ENGINE)
    codes |= _literals(r'code = "(served_[a-z_]+)"', ENGINE)

    assert sorted(codes - CHECK_CODES - FREED_CODES) == []


def test_every_error_of_a_case_has_a_sentence() -> None:
    codes = _literals(r'^    code = "([a-z_]+)"', SERVICES)

    assert sorted(codes - set(ERROR_TEXTS)) == []


def test_every_member_of_the_enumerations_has_words() -> None:
    said = [kind_text(kind) for kind in DisruptionKind]
    said += [state_text(state) for state in DisruptionState]
    said += [move_text(state) for state in DisruptionState]
    said += [severity_text(severity) for severity in Severity]
    said += [effect_text(effect) for effect in Effect]
    said += [basis_text(basis) for basis in RepairBasis]
    said += [step_text(step) for step in StepType]
    said += [place_text(place) for place in ("raw", "wip", "finished", "transit", "customer")]

    assert all(said)


@pytest.mark.parametrize("language", CHINESE)
def test_catalogue_is_whole(language: str) -> None:
    entries = read_catalogue(LOCALES / language / "LC_MESSAGES" / "django.po")

    assert len(entries) > 500
    assert [entry.msgid for entry in entries if not entry.is_translated] == []
    assert [entry.msgid for entry in entries if entry.is_fuzzy and entry.msgid] == []


@pytest.mark.parametrize("language", CHINESE)
def test_translation_names_what_its_source_names(language: str) -> None:
    entries = read_catalogue(LOCALES / language / "LC_MESSAGES" / "django.po")
    named = re.compile(r"%\(\w+\)s|\{\w+\}")

    wrong = [
        entry.msgid
        for entry in entries
        if entry.msgid
        and entry.is_translated
        and set(named.findall(entry.msgid)) != set(named.findall(entry.texts[0]))
    ]

    assert wrong == []


def test_chinese_languages_differ_in_words_not_only_in_characters() -> None:
    pairs = {
        "Acknowledge": ("接手", "响应"),
        "Contained": ("已圍堵", "已遏制"),
    }

    for msgid, (hant, hans) in pairs.items():
        with translation.override("zh-hant"):
            assert translation.pgettext("button", msgid) == hant
        with translation.override("zh-hans"):
            assert translation.pgettext("button", msgid) == hans


class _Visible(HTMLParser):
    """Collect what a person reads on a page: texts, labels and placeholders."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        named = dict(attrs)
        self.texts += [
            value
            for name in ("aria-label", "placeholder", "data-label", "title", "alt")
            if (value := named.get(name))
        ]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data.strip())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_no_english_is_left_on_any_page(
    language: str, told: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.MANAGER, language=language)
    folder = "zh_Hant" if language == "zh-hant" else "zh_Hans"
    entries = read_catalogue(LOCALES / folder / "LC_MESSAGES" / "django.po")
    english = {e.msgid for e in entries if e.msgid and e.texts[0] != e.msgid} - SAME
    pages = [page.format(**addresses(told)) for page in PAGES if "session" not in page]

    left: dict[str, set[str]] = {}
    for page in [*pages, "/report/shell/", "/accounts/login/", "/orders/?q=nothing-like-it"]:
        reader = _Visible()
        reader.feed(client.get(page).content.decode())
        left[page] = {text for text in reader.texts if text in english}

    assert {page: texts for page, texts in left.items() if texts} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"),
    [("zh-hant", "提報異常"), ("zh-hans", "上报异常"), ("en", "Report trouble")],
)
def test_page_is_in_the_readers_language(
    language: str, word: str, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.OPERATOR, language=language).get("/").content.decode()

    assert word in text
    assert f'<html lang="{language}"' in text


@pytest.mark.django_db
def test_switching_the_language_is_kept_for_the_person(
    answered: Disruption, sign_in: Callable[..., Client], django_user_model: type[User]
) -> None:
    client = sign_in(Role.OPERATOR)

    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})

    assert "上报异常" in client.get("/").content.decode()
    username = f"operator-{answered.site_id}"
    assert django_user_model.objects.get(username=username).language == "zh-hans"


@pytest.mark.django_db
def test_signing_in_brings_the_persons_own_language(
    answered: Disruption, sign_in: Callable[..., Client], django_user_model: type[User]
) -> None:
    sign_in(Role.OPERATOR, language="zh-hant")
    user = django_user_model.objects.get(username=f"operator-{answered.site_id}")
    user.set_password("a long test password")
    user.save()
    client = Client(headers={"accept-language": "en"})
    form = {"login": user.username, "password": "a long test password"}

    client.post("/accounts/login/", form)

    assert '<html lang="zh-hant"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, NOTHING),
        (9, "9 s"),
        (47 * 60, "47 min"),
        (27_840, "7 h 44 min"),
        (183_600, "2 d 3 h"),
    ],
)
def test_spans_are_said_in_two_units_at_most(seconds: int | None, text: str) -> None:
    with translation.override("en"):
        assert span_text(seconds) == text


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_numbers_have_their_thousands_apart_and_units_behind(language: str) -> None:
    with translation.override(language):
        assert number_text("1234567.50") == "1,234,567.5"
        assert number_text("2000.00000000") == "2,000"
        assert quantity_text("100.00000000", "PCS") == "100\N{NO-BREAK SPACE}PCS"
        assert quantity_text(None, "PCS") == NOTHING


def test_words_of_the_glossary_are_used() -> None:
    rows = [line.strip("|").split("|") for line in GLOSSARY.read_text("utf-8").splitlines()]
    words = {row[0].strip(" `"): [cell.strip() for cell in row[1:3]] for row in rows if row[2:]}
    unused = {}
    for place, language in enumerate(CHINESE):
        entries = read_catalogue(LOCALES / language / "LC_MESSAGES" / "django.po")
        texts = " ".join(entry.texts[0] for entry in entries)
        unused[language] = [key for key in USED_KEYS if words[key][place] not in texts]

    assert unused == {"zh_Hant": [], "zh_Hans": []}


USED_KEYS = (
    "acknowledge",
    "severity",
    "work_order",
    "operation",
    "lot",
    "supplier_lot",
    "genealogy",
    "trace_forward",
    "trace_backward",
    "wip",
    "finished_goods",
    "in_transit",
    "due_date",
    "promise_date",
    "frozen_window",
    "customer_order",
    "delivery_note",
    "decide_by",
    "why_not",
    "suspect_window",
    "suspect_shipped",
    "suspect_on_hand",
    "short",
    "late",
    "moved",
    "confirmed",
    "probable",
    "possible",
    "cleared",
    "quality_issue",
    "material_shortage",
    "machine_fault",
)
