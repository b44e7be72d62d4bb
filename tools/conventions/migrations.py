"""Models and migrations agree."""

from collections.abc import Iterator

from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation

from tools.conventions.sources import Finding, Tree


def missing_migrations(tree: Tree, *, only: str = "knockon.apps.") -> Iterator[Finding]:
    """Find model changes without a migration; Django must be set up, no data base is asked.

    Parameters
    ----------
    tree
        The checkout.
    only
        Beginning of the apps' names that are ours.
    """
    # As `makemigrations` does: translated names of fields would look like changes.
    with translation.override(None):
        conflicts, changes = _differences()
    ours = {
        config.label: config for config in apps.get_app_configs() if config.name.startswith(only)
    }
    for label in sorted(conflicts.keys() & ours.keys()):
        yield _finding(tree, ours[label].path, f"two last migrations: {conflicts[label]}")
    for label in sorted(changes.keys() & ours.keys()):
        steps = [step.describe() for step in changes[label][0].operations]
        yield _finding(tree, ours[label].path, f"no migration for: {'; '.join(steps)}")


def _differences() -> tuple[dict[str, list[str]], dict[str, list[Migration]]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    conflicts = {label: sorted(names) for label, names in loader.detect_conflicts().items()}
    detector = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(dry_run=True),
    )
    return conflicts, {} if conflicts else detector.changes(graph=loader.graph)


def _finding(tree: Tree, app: str, message: str) -> Finding:
    return tree.found((tree.root / app).resolve() / "migrations", 1, message)
