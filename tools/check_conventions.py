"""Check what linters cannot see; print each finding as ``path:line: message``."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import django

from tools.conventions import codes, layout, migrations, python_rules, template_rules, translations
from tools.conventions.sources import Finding, Tree

ROOT = Path(__file__).resolve().parent.parent
CHECKS: tuple[Callable[[Tree], Iterable[Finding]], ...] = (
    layout.long_files,
    layout.vague_names,
    python_rules.unsafe_text,
    python_rules.looked_up_models,
    python_rules.upward_relations,
    codes.codes_without_text,
    template_rules.unescaped_output,
    template_rules.inline_code,
    template_rules.missing_templates,
    translations.joined_texts,
    translations.untranslated_texts,
    migrations.missing_migrations,
)


def main(names: list[str]) -> int:
    """Run the named checks, or all of them, and return 1 if one finds something."""
    known = {check.__name__: check for check in CHECKS}
    if unknown := set(names) - known.keys():
        sys.stderr.write(f"no such check: {', '.join(sorted(unknown))}; there are {list(known)}\n")
        return 3
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "knockon.config.settings_test")
    django.setup()
    tree = Tree(ROOT)
    count = 0
    for name in names or known:
        for finding in sorted(set(known[name](tree))):
            count += 1
            sys.stdout.write(f"{finding} [{name}]\n")
    sys.stdout.write(f"{len(names or known)} checks, {count} findings\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
