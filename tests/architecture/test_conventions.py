"""Each convention check finds its violation and leaves its neighbour alone."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.architecture.sample import places, tree_with
from tools.catalogues import write_catalogue
from tools.conventions import codes, layout, python_rules, template_rules, translations
from tools.source_texts import source_texts

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "src/knockon/web/templates/board/page.html"
VIEW = "src/knockon/web/board.py"


def test_a_file_over_500_lines_is_found(tmp_path: Path) -> None:
    files = {"src/knockon/a.py": "x\n" * 500, "src/knockon/b.py": "x\n" * 501}

    found = places(layout.long_files, tree_with(tmp_path, files))

    assert found == [("src/knockon/b.py", 500)]


def test_generated_and_fetched_files_are_left_alone(tmp_path: Path) -> None:
    files = {"frontend/node_modules/x/index.js": "x\n" * 900, ".venv/lib/utils.py": "x\n" * 900}
    tree = tree_with(tmp_path, files)

    assert places(layout.long_files, tree) == []
    assert places(layout.vague_names, tree) == []


def test_a_module_that_says_nothing_is_found(tmp_path: Path) -> None:
    files = {"src/knockon/utils.py": "", "src/knockon/common/x.py": "", "src/knockon/lots.py": ""}

    found = places(layout.vague_names, tree_with(tmp_path, files))

    assert found == [("src/knockon/common/x.py", 1), ("src/knockon/utils.py", 1)]


def test_text_declared_safe_is_found(tmp_path: Path) -> None:
    files = {
        "src/knockon/web/a.py": "from django.utils.safestring import mark_safe\n",
        "src/knockon/web/b.py": "from django.utils import safestring\nsafestring.mark_safe('x')\n",
        "src/knockon/web/c.py": "from django.utils.html import format_html\n",
    }

    found = places(python_rules.unsafe_text, tree_with(tmp_path, files))

    assert found == [("src/knockon/web/a.py", 1), ("src/knockon/web/b.py", 2)]


def test_a_model_looked_up_by_name_is_found(tmp_path: Path) -> None:
    files = {"src/knockon/apps/plant/services/x.py": "\napps.get_model('response', 'Task')\n"}

    found = places(python_rules.looked_up_models, tree_with(tmp_path, files))

    assert found == [("src/knockon/apps/plant/services/x.py", 2)]


def test_a_foreign_key_by_string_to_an_upper_app_is_found(tmp_path: Path) -> None:
    model = "src/knockon/apps/plant/models/x.py"
    text = """
    up = models.ForeignKey("response.Task", on_delete=models.PROTECT)
    also_up = models.OneToOneField(to="production.Lot", on_delete=models.PROTECT)
    down = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    own = models.ForeignKey("plant.Item", on_delete=models.PROTECT)
    """

    found = places(python_rules.upward_relations, tree_with(tmp_path, {model: dedented(text)}))

    assert found == [(model, 1), (model, 2)]


def test_codes_without_words_are_found(tmp_path: Path) -> None:
    texts = '{"known": "Known."}'
    errors = """
    class Known(KnockonError):
        code = "known"
    class Wordless(Known):
        code: ClassVar[str] = "wordless"
    class Column:
        code = "not an error"
    """
    reasons = 'why = (Reason(code="known"), Reason(code="unsaid"))\n'
    files = {
        "src/knockon/apps/plant/reason_texts.py": f"REASON_TEXTS = {texts}\n",
        "src/knockon/domain/errors_a.py": dedented(errors),
        "src/knockon/engine/impact/why.py": reasons,
    }

    found = places(codes.codes_without_text, tree_with(tmp_path, files))

    assert found == [("src/knockon/domain/errors_a.py", 4), ("src/knockon/engine/impact/why.py", 1)]


@pytest.mark.parametrize(
    "markup",
    ["{{ note|safe }}", "{{ notes | safeseq }}", "{% autoescape off %}{{ x }}{% endautoescape %}"],
)
def test_output_that_is_not_escaped_is_found(tmp_path: Path, markup: str) -> None:
    tree = tree_with(tmp_path, {PAGE: f"<p>\n{markup}</p>"})

    assert places(template_rules.unescaped_output, tree) == [(PAGE, 2)]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<script type='module'>import 'x'</script>",
        "<style>p {}</style>",
        '<p style="color: red">x</p>',
        "<p class='{% if a > b %}x{% endif %}' style='{{ colour }}'>x</p>",
        '<button onclick="go()">x</button>',
        '<button hx-on:click="go()">x</button>',
        '<a href="javascript:go()">x</a>',
    ],
)
def test_code_in_a_page_is_found(tmp_path: Path, markup: str) -> None:
    tree = tree_with(tmp_path, {PAGE: f"<body>\n{markup}</body>"})

    assert places(template_rules.inline_code, tree) == [(PAGE, 2)]


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="/app.js" type="module"></script>',
        '<script type="application/json">{"a": 1}</script>',
        "{# <script>old</script> #}",
        "<p class='once'>on = style = 1</p>",
        '<button data-action="go" hx-post="/go">x</button>',
        "{% include 'x.html' with style='plain' %}",
    ],
)
def test_pages_without_code_pass(tmp_path: Path, markup: str) -> None:
    tree = tree_with(tmp_path, {PAGE: markup})

    assert places(template_rules.inline_code, tree) == []
    assert places(template_rules.unescaped_output, tree) == []


def test_missing_and_composed_template_names_are_found(tmp_path: Path) -> None:
    view = """
    render(request, "board/page.html")
    render(request, "board/gone.html")
    render(request, f"board/{name}.html")
    template_name = "board/lost.html"
    render_to_string("admin/base_site.html")
    """
    page = "{% extends 'base.html' %}\n{% include 'board/page.html' %}"
    tree = tree_with(tmp_path, {PAGE: page, VIEW: dedented(view)})

    found = places(template_rules.missing_templates, tree)

    assert found == [(VIEW, 2), (VIEW, 3), (VIEW, 4), (PAGE, 1)]


def test_a_text_that_is_composed_before_translation_is_found(tmp_path: Path) -> None:
    view = """
    _("%(count)s orders hit") % {"count": count}
    _(f"{count} orders hit")
    gettext("orders " + "hit")
    """
    tree = tree_with(tmp_path, {VIEW: dedented(view)})

    assert places(translations.joined_texts, tree) == [(VIEW, 2), (VIEW, 3)]


def test_texts_of_templates_and_modules_are_all_seen(tmp_path: Path) -> None:
    page = """
    {% translate "Board" %} {% trans 'Orders hit' context "title" %}
    {% blocktranslate with name=lot.name %}Lot {{ name }} is 100% held{% endblocktranslate %}
    {% blocktranslate count n=orders trimmed %}
        One order
    {% plural %}
        {{ n }} orders
    {% endblocktranslate %}
    {% translate variable %}
    """
    view = """
    _("Late")
    pgettext("clock", "Due")
    ngettext("%(n)s lot", "%(n)s lots", n)
    """
    tree = tree_with(tmp_path, {PAGE: dedented(page), VIEW: dedented(view)})

    found = {(text.context, text.msgid, text.plural) for text in source_texts(tree.package)}

    assert found == {
        (None, "Board", None),
        ("title", "Orders hit", None),
        (None, "Lot %(name)s is 100%% held", None),
        (None, "One order", "%(n)s orders"),
        (None, "Late", None),
        ("clock", "Due", None),
        (None, "%(n)s lot", "%(n)s lots"),
    }


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("", "missing"),
        ('msgid "%(n)s orders"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "%(n)s orders"\nmsgstr "%(n)s 訂單"\n', "fuzzy"),
        ('msgid "%(n)s orders"\nmsgstr "訂單"\n', "lacks a placeholder"),
        ('msgid "%(n)s orders"\nmsgstr "%(n)s %(m)s 訂單"\n', "has a placeholder"),
    ],
)
def test_a_gap_in_a_catalogue_is_found(tmp_path: Path, entry: str, problem: str) -> None:
    good = 'msgid "%(n)s orders"\nmsgstr "%(n)s 订单"\n'
    tree = tree_with(
        tmp_path,
        {
            VIEW: '_("%(n)s orders")\n',
            "src/knockon/locale/zh_Hant/LC_MESSAGES/django.po": entry,
            "src/knockon/locale/zh_Hans/LC_MESSAGES/django.po": good,
        },
    )

    found = list(translations.untranslated_texts(tree))

    assert [finding.path.parts[3] for finding in found] == ["zh_Hant"]
    assert found[0].message.startswith(problem)


def test_a_catalogue_that_does_not_exist_is_found(tmp_path: Path) -> None:
    tree = tree_with(tmp_path, {VIEW: '_("Board")\n'})

    assert len(list(translations.untranslated_texts(tree))) == 2


def test_complete_catalogues_pass(tmp_path: Path) -> None:
    tree = tree_with(tmp_path, {VIEW: '_("Board")\n'})
    texts = source_texts(tree.package)
    texts[0].texts = ["看板"]
    for language in translations.LANGUAGES:
        folder = tree.package / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        write_catalogue(folder / "django.po", texts)

    assert list(translations.untranslated_texts(tree)) == []


@pytest.mark.slow
def test_a_model_without_its_migration_is_found(tmp_path: Path) -> None:
    model = """
    from django.db import models
    class Lot(models.Model):
        name = models.TextField()
        class Meta:
            app_label = "sample"
    """
    files = {"sample/__init__.py": "", "sample/models.py": dedented(model)}
    tree_with(tmp_path, {**files, "sample/migrations/__init__.py": ""})

    before = migration_findings(tmp_path)
    run_django(
        tmp_path,
        "from django.core.management import call_command",
        "call_command('makemigrations', 'sample', verbosity=0)",
    )
    after = migration_findings(tmp_path)

    assert "no migration for: Create model Lot" in before
    assert after == ""


def migration_findings(folder: Path) -> str:
    """Run the check in a small project of its own."""
    return run_django(
        folder,
        "from tools.conventions.migrations import missing_migrations",
        "from tools.conventions.sources import Tree",
        f"print(*missing_migrations(Tree(Path({str(folder)!r})), only='sample'), end='')",
    )


def run_django(folder: Path, *lines: str) -> str:
    database = "{'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}"
    program = "\n".join(
        [
            "from pathlib import Path",
            "import django",
            "from django.conf import settings",
            f"settings.configure(INSTALLED_APPS=['sample'], DATABASES={database})",
            "django.setup()",
            *lines,
        ]
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": f"{ROOT}:{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def dedented(text: str) -> str:
    """Return the text from its first line on, without its common indent."""
    return textwrap.dedent(text).lstrip("\n")
