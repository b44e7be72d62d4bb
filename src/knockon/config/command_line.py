"""The ``knockon`` command: reads what was typed, gets ready, does it, and says how it went."""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils import translation
from django.utils.module_loading import module_has_submodule

from knockon.config.arguments import build_parser
from knockon.config.boot import connect, open_home, prepare
from knockon.config.options import OptionsInvalid
from knockon.config.output import DONE, FAILED, USAGE, Outcome, write_outcome
from knockon.config.words import error_words, language, reason_words
from knockon.domain.errors import KnockonError
from knockon.domain.reasons import Reason
from knockon.runtime.embedded.cluster import silent

logger = logging.getLogger("knockon.command_line")

# Errors that say that the command was used in a way that cannot work.
_USAGE_CODES = frozenset(
    {"value_unreadable", "option_missing", "plant_needed", "bench_missing", "story_unknown"}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = build_parser().parse_args(arguments)
    try:
        return _run(given)
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; nobody is left to be told.
        sys.stderr.close()
        return DONE
    except KnockonError as error:
        return _tell_failure(error, as_json=given.as_json)
    except Exception as error:
        logger.exception("The command failed.")
        unexpected = Unexpected(detail=f"{type(error).__name__}: {error}")
        return _tell_failure(unexpected, as_json=given.as_json)


class Unexpected(KnockonError):
    """Something that should not happen."""

    code = "unexpected"


def tell_progress(reason: Reason) -> None:
    """Say on standard error what takes time."""
    sys.stderr.write(reason_words(reason.code, reason.params, more={}) + "\n")
    sys.stderr.flush()


def _run(given: Any) -> int:
    for name in ("host", "port"):
        if getattr(given, name, None) is not None:
            # So that addresses written into mails are the ones that are served.
            os.environ[f"KNOCKON_{name.upper()}"] = str(getattr(given, name))
    given.options = open_home(given.home)
    # What takes time was done, and told, by the supervisor of a child.
    is_child = getattr(given, "ready", None) is not None
    connect(given.options, progress=silent if is_child else tell_progress)
    with translation.override(language()):
        if not is_child:
            prepare(progress=tell_progress)
        outcome: Outcome = import_module(given.module).run(given)
        write_outcome(outcome, as_json=given.as_json)
    return outcome.exit_code


def _tell_failure(error: KnockonError, *, as_json: bool) -> int:
    with translation.override(language()) if apps.ready else nullcontext():
        words = error_words(error, more=_words_of_the_apps())
    sys.stderr.write(f"knockon: {words}\n")
    if as_json:
        failure = {"code": error.code, "detail": words, **_plain(error.data)}
        write_outcome(Outcome(document={"error": failure}), as_json=True)
    is_usage = error.code in _USAGE_CODES or isinstance(error, OptionsInvalid)
    return USAGE if is_usage else FAILED


def _words_of_the_apps() -> Mapping[str, object]:
    """Return the sentences of the apps' errors; none while Django is not set up."""
    if not apps.ready:
        return {}
    found: dict[str, object] = {}
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "reason_texts") and app.name.startswith("knockon."):
            found.update(getattr(import_module(f"{app.name}.reason_texts"), "ERROR_TEXTS", {}))
    return found


def _plain(data: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, str | int | float | list | None) else str(value)
        for name, value in data.items()
    }
