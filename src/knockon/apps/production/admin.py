"""The data administration: master data browsed and edited, saved through services."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminSelectWidget

from knockon.apps.accounts import models as accounts
from knockon.apps.accounts.selectors import viewer_of, visible
from knockon.apps.plant import models as plant
from knockon.apps.production.models.bindings import binding_of
from knockon.apps.production.reason_texts import (
    column_text,
    data_error_text,
    rule_text,
    table_text,
    value_text,
)
from knockon.apps.production.services.editing import RowRefused, retire_master, save_master
from knockon.domain.access import Right, Viewer
from knockon.domain.contract import TABLES
from knockon.ports.clock import SystemClock

_CLOCK = SystemClock()


class MasterDataSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold ships no types
    """The data administration: nothing but master data, for whoever may edit it.

    Django's own site and its staff flag are never asked: grants decide, as everywhere.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may edit master data somewhere."""
        return bool(request.user.is_active and _viewer(request).may(Right.EDIT_MASTER))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the tables under the names that people call them by."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for app in apps:
            for each in app["models"]:
                each["name"] = table_text(self._registry[each["model"]].table)
        return apps

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Refuse whoever is signed in without the right; the others sign in as everywhere."""
        del extra_context
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Sign out as everywhere."""
        del extra_context
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Change the password as everywhere."""
        del extra_context
        return redirect("account_change_password")


class MasterForm(ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A row whose broken rules are told in our words."""

    def full_clean(self) -> None:
        """Check everything, then say of each broken rule what it asks for."""
        super().full_clean()
        said = self.errors.get(NON_FIELD_ERRORS)
        if said:
            said.data = [ValidationError(self._in_words(str(each))) for each in said]

    def _in_words(self, message: str) -> str:
        # Django names the rule in every language.
        rules = [rule.name for rule in self._meta.model._meta.constraints]
        broken = max((name for name in rules if name in message), key=len, default="")
        return rule_text(broken) if broken else message


class MasterAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Lists the rows in use; a save is a new version, a deletion ends the use of one."""

    form = MasterForm
    table = ""
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows in use that the viewer may edit."""
        rows: QuerySet[Any] = self.model._default_manager.filter(retired=None)
        if self._has_site:
            rows = visible(rows, viewer=_viewer(request), right=Right.EDIT_MASTER)
        elif not _viewer(request).may(Right.EDIT_MASTER):
            rows = rows.none()
        return rows.order_by(*self._key)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the plant, then the contract's columns."""
        names = [self._field(name) for name in binding_of(self.table).blanks]
        shown = [name for name in names if not name.endswith("_span_s")]
        return ["site", *shown] if self._has_site else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Fix the key once a row exists: another key is another row."""
        if obj is None:
            return []
        return [*(["site"] if self._has_site else []), *binding_of(self.table).key]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Return the key and the first few columns."""
        key = list(self._key)
        rest = [name for name in self.get_fields(request) if name not in key]
        return [*key, *rest[: max(0, 6 - len(key))]]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search the key."""
        texts = {
            field.name
            for field in self.model._meta.concrete_fields
            if field.get_internal_type() == "CharField"
        }
        return [name for name in (*binding_of(self.table).key, "name") if name in texts]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write a new version through the service."""
        del form, change
        fields = {name: getattr(obj, name) for name in binding_of(self.table).blanks}
        site = obj.site_id if self._has_site else ""
        try:
            saved = save_master(
                self.table,
                plant=site,
                fields=fields,
                viewer=_viewer(request),
                now=_CLOCK.now(),
            )
        except RowRefused as error:
            messages.set_level(request, messages.ERROR)
            messages.error(request, data_error_text(error.code, error.data))
            return
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take the row out of use through the service."""
        retire_master(
            self.table,
            row_id=obj.pk,
            plant=obj.site_id if self._has_site else "",
            viewer=_viewer(request),
            now=_CLOCK.now(),
        )

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Leave the log to the journal."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Leave the log to the journal."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Leave the log to the journal."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow whoever may edit master data in the row's plant."""
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may edit master data somewhere."""
        return self._may(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow whoever may edit master data in the row's plant."""
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow whoever may edit master data in the row's plant."""
        return self._may(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow whoever may edit master data somewhere."""
        return self._may(request, None)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name each field as people do, and offer the values of a column that takes only those."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        columns = {name: column for column, name in binding_of(self.table).columns.items()}
        column = "plant" if db_field.name == "site" else columns.get(db_field.attname)
        if field is None or column is None:
            return field
        field.label = column_text(self.table, column)
        values = TABLES[self.table].by_name[column].values
        if values:
            offered = [(value, value_text(self.table, column, value)) for value in values]
            field.widget = UnfoldAdminSelectWidget(choices=[("", ""), *offered])
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the plants where the viewer may edit."""
        if db_field.name == "site":
            kwargs["queryset"] = visible(
                accounts.Site.objects.all(),
                viewer=_viewer(request),
                right=Right.EDIT_MASTER,
                plant_field="code",
            ).order_by("code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @property
    def _has_site(self) -> bool:
        return any(field.name == "site" for field in self.model._meta.concrete_fields)

    @property
    def _key(self) -> tuple[str, ...]:
        site = ("site",) if self._has_site else ()
        return (*site, *binding_of(self.table).key)

    def _field(self, attname: str) -> str:
        names: dict[str, str] = {
            field.attname: field.name for field in self.model._meta.concrete_fields
        }
        return names[attname]

    def _may(self, request: HttpRequest, obj: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        plant = obj.site_id if obj is not None and self._has_site else None
        return _viewer(request).may(Right.EDIT_MASTER, plant=plant)


def _viewer(request: HttpRequest) -> Viewer:
    user = request.user
    if not isinstance(user, accounts.User):
        return Viewer(actor="")
    return viewer_of(user)


_MASTER: tuple[tuple[type[Model], str], ...] = (
    (plant.Equipment, "equipment"),
    (plant.Tool, "tools"),
    (plant.ToolUse, "tool_uses"),
    (plant.CalendarRule, "calendars"),
    (plant.Item, "items"),
    (plant.BomLine, "bom"),
    (plant.RoutingStep, "routings"),
    (plant.UnitFactor, "units"),
    (plant.Customer, "customers"),
    (plant.ShipCalendar, "ship_calendars"),
    (plant.Supplier, "suppliers"),
    (plant.Approval, "approvals"),
    (plant.Setup, "setups"),
    (plant.Lever, "levers"),
    (plant.Cause, "causes"),
    (accounts.Person, "people"),
    (accounts.Shift, "shifts"),
)

SITE = MasterDataSite()
"""What ``/data/admin/`` shows. Its name stays Django's, by which its templates find their pages."""

for _model, _table in _MASTER:
    SITE.register(_model, type(f"{_model.__name__}Admin", (MasterAdmin,), {"table": _table}))
