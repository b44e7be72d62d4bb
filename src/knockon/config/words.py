"""Words for the terminal, also while Django is not set up yet.

Django translates only once it has settings, and those need the data base's address, which may take
a start of PostgreSQL with words of its own. So the terminal reads the same catalogues itself.
"""

import gettext as catalogues
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from knockon.config.reason_texts import REASON_TEXTS as CONFIG_TEXTS
from knockon.domain.errors import KnockonError
from knockon.runtime.embedded.reason_texts import REASON_TEXTS as DATABASE_TEXTS
from knockon.runtime.reason_texts import REASON_TEXTS as PROCESS_TEXTS

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant")


def language() -> str:
    """Return the terminal's language among ours, by the usual variables."""
    names = ("KNOCKON_TERMINAL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    named = next((os.environ[name] for name in names if os.environ.get(name)), "en").lower()
    named = named.replace("-", "_")
    if named.startswith(_TRADITIONAL):
        return "zh-hant"
    return "zh-hans" if named.startswith("zh") else "en"


def gettext(words: str) -> str:
    """Return the words in the terminal's language."""
    return _catalogue(language()).gettext(words)


def reason_words(code: str, data: Mapping[str, object], *, more: Mapping[str, object]) -> str:
    """Return the sentence of a code, filled; ``more`` holds what the apps have to say.

    A code without a sentence is shown as it is, with its data: better than nothing.
    """
    sentences = {**more, **DATABASE_TEXTS, **PROCESS_TEXTS, **CONFIG_TEXTS}
    found = sentences.get(code)
    if found is None:
        details = ", ".join(f"{name}={value}" for name, value in data.items())
        return f"{code} ({details})" if details else code
    sentence = gettext(found) if isinstance(found, str) else str(found)
    return sentence % data


def error_words(error: KnockonError, *, more: Mapping[str, object]) -> str:
    """Return what went wrong, in a sentence."""
    return reason_words(error.code, error.data, more=more)


@lru_cache(maxsize=4)
def _catalogue(name: str) -> catalogues.NullTranslations:
    folder = {"zh-hant": "zh_Hant", "zh-hans": "zh_Hans"}.get(name, name)
    return catalogues.translation("django", str(_LOCALE), languages=[folder], fallback=True)
