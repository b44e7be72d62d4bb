"""The API object: who asks, what fails how, and which routers it has."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import HttpBearer, SessionAuth

from knockon.api.v1 import cases, events, joint, lots, orders, tables
from knockon.api.v1.problems import problem, problem_of
from knockon.apps.accounts.models import User
from knockon.apps.accounts.selectors import TokenRefused, viewer_of, viewer_of_token
from knockon.domain.access import Viewer
from knockon.domain.errors import KnockonError


class TokenAuth(HttpBearer):
    """A program's token in the ``Authorization: Bearer`` header."""

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """Return who the token stands for, or refuse."""
        del request
        try:
            return viewer_of_token(token, now=datetime.now(UTC))
        except TokenRefused:
            return None


class SignedIn(SessionAuth):
    """A person who is signed in; writing asks for the CSRF token as well."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        """Return the signed-in user as a viewer."""
        del key
        return viewer_of(request.user) if isinstance(request.user, User) else None


api = NinjaAPI(
    title="Knockon",
    version="1",
    docs_url=None,
    openapi_url="/openapi.json",
    auth=[TokenAuth(), SignedIn()],
    urls_namespace="api-v1",
)
api.add_router("/disruptions", cases.router)
api.add_router("/joint", joint.router)
api.add_router("/orders", orders.router)
api.add_router("/lots", lots.router)
api.add_router("/events", events.router)
api.add_router("", tables.router)


@api.exception_handler(KnockonError)
def refuse(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer an expected failure as a problem document."""
    del request
    return problem_of(error)


@api.exception_handler(ValidationError)
def refuse_body(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer a malformed request, naming each field."""
    del request
    fields = [
        {"field": ".".join(str(part) for part in each["loc"]), "detail": each["msg"]}
        for each in error.errors
    ]
    return problem(status=422, code="request_invalid", data={"fields": fields})
