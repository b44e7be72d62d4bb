"""Getting ready to work: the data base, Django, the tables, the files of the pages."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import knockon
from knockon.config.options import Options, load_options
from knockon.domain.reasons import Reason
from knockon.runtime.embedded.running import ensure_running

Progress = Callable[[Reason], None]

# An arbitrary number that names this lock among all users of the data base.
_PREPARING_LOCK = 5_550_165_422
_MARK = ".laid-out"


def open_home(home: Path | None) -> Options:
    """Name the instance's home to everything that runs in this process, and read its options.

    Raises
    ------
    OptionsInvalid
        See there.
    """
    if home is not None:
        os.environ["KNOCKON_HOME"] = str(home.absolute())
    return load_options()


def connect(options: Options, *, progress: Progress) -> None:
    """Start or join the data base and set Django up on it.

    Raises
    ------
    KnockonError
        The data base cannot be used; one of the errors of ``runtime.embedded``.
    """
    url = ensure_running(Path(options.home), progress=progress, database_url=options.database_url)
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "knockon.config.settings")
    if not apps.ready:
        django.setup()


def prepare(*, progress: Progress) -> None:
    """Bring tables and page files up to date; one process at a time does it, others wait."""
    if not _is_prepared():
        with _alone():
            _bring_up_to_date(progress=progress)


def _is_prepared() -> bool:
    return not _is_behind() and _mark().exists() and _mark().read_text() == _assets_digest()


def _bring_up_to_date(*, progress: Progress) -> None:
    if _is_behind():
        progress(Reason(code="preparing_tables"))
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    digest = _assets_digest()
    mark = _mark()
    if not mark.exists() or mark.read_text() != digest:
        progress(Reason(code="preparing_assets"))
        mark.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        mark.write_text(digest)


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    return settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names()


def _assets_digest() -> str:
    """Return a value that changes whenever a page file of any installed package does."""
    digest = hashlib.sha256(knockon.__version__.encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _mark() -> Path:
    return Path(settings.STATIC_ROOT) / _MARK


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_PREPARING_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_PREPARING_LOCK])
