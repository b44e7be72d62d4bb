"""Sign-in rules of this house, and the language each person reads."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_device_language

from knockon.apps.accounts.services.profiles import set_language
from knockon.web.staff import prepared


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody makes an account for themselves; administrators do."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse."""
        del request
        return False

    def add_message(self, *args: Any, **options: Any) -> None:
        """Say nothing of signing in and out: the page itself shows who is signed in."""
        template = options.get("message_template") or (args[2] if len(args) > 2 else "")
        if str(template).endswith(("logged_in.txt", "logged_out.txt")):
            return
        super().add_message(*args, **options)

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Show the pages in the language that the person chose, on whatever device."""
        response: HttpResponse = super().post_login(request, user, **options)
        _remember(response, user.language)
        return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Switch this device's language, and keep it for the person who is signed in."""
    response = set_device_language(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and request.user.is_authenticated:
        set_language(chosen, viewer=prepared(request).viewer)
    return response


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
