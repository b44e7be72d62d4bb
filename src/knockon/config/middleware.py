"""What every face shares: the content security policy, and denial by default."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

_Next = Callable[[HttpRequest], HttpResponseBase]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# The data administration's Alpine build compiles its attributes; only administrators get there.
_ADMIN_POLICY = _POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)

_OPEN_PREFIXES = (
    "/accounts/",
    "/i18n/",
    "/static/",
    "/health",
    "/sw.js",
    "/manifest.webmanifest",
    # The report form without anybody's data; a device keeps it for when there is no network.
    "/report/shell/",
)
_OWN_AUTHENTICATION = ("/api/",)


class ContentSecurityPolicy:
    """Send the policy with every answer, errors included."""

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the policy of the address asked for."""
        response = self.get_response(request)
        policy = _ADMIN_POLICY if request.path.startswith("/data/admin/") else _POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), payment=()")
        return response


class SignInRequired:
    """Refuse whoever is not signed in, whatever the view forgot."""

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let a signed-in user through; send anybody else to sign in."""
        open_path = request.path.startswith(_OPEN_PREFIXES + _OWN_AUTHENTICATION)
        if open_path or request.user.is_authenticated:
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response.headers["HX-Redirect"] = settings.LOGIN_REDIRECT_URL
            return response
        return redirect_to_login(request.get_full_path())
