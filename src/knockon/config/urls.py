"""All addresses, by face."""

from allauth.account import views as account_views
from django.urls import URLPattern, URLResolver, include, path

from knockon.api.v1.face import api
from knockon.apps.production.admin import SITE

# Of allauth's pages only these: nobody makes an account for themselves or resets one by mail.
_accounts: list[URLPattern | URLResolver] = [
    path("login/", account_views.login, name="account_login"),
    path("logout/", account_views.logout, name="account_logout"),
    path("password/change/", account_views.password_change, name="account_change_password"),
    path("reauthenticate/", account_views.reauthenticate, name="account_reauthenticate"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(_accounts)),
    path("api/v1/", api.urls),
    path("data/admin/", SITE.urls),
    path("", include("knockon.web.urls")),
]
