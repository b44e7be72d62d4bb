"""Data in: drop files, see what they were taken for, mend it, import, see what it is good for."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from knockon.apps.accounts.selectors import load_sites
from knockon.apps.production.models import ImportDraft
from knockon.apps.production.reason_texts import data_error_text
from knockon.apps.production.selectors import (
    load_draft,
    load_drafts,
    load_import_run,
    load_import_runs,
    load_refused_rows,
    load_saved_mappings,
)
from knockon.apps.production.services import draft_edits, drafts
from knockon.apps.production.services.draft_files import Upload
from knockon.apps.production.services.previews import mapping_of
from knockon.domain.access import Right
from knockon.domain.errors import KnockonError
from knockon.domain.mapping_json import MAX_JSON_CHARS, dump_mapping
from knockon.ports.connector import DEFAULT_LIMITS, Connector
from knockon.ports.registry import load_connector
from knockon.web.draft_form import cell_of, choices_of, place_of
from knockon.web.draft_page import draft_context
from knockon.web.refused_rows import refused_rows_file
from knockon.web.staff import StaffRequest, staff_page

_NOT_THEIRS = frozenset({"draft_unknown", "import_unknown", "not_allowed"})
_RECENT = 8


@require_safe
@staff_page(Right.IMPORT)
def data(request: StaffRequest) -> HttpResponse:
    """Show where to drop files, and what was dropped before."""
    return render(request, "data/data_show.html", _home(request))


@require_POST
@staff_page(Right.IMPORT)
def data_drop(request: StaffRequest) -> HttpResponse:
    """Take dropped files in and show their draft."""
    sites = load_sites(viewer=request.viewer, right=Right.IMPORT)
    plant = request.POST.get("plant", "").strip()
    if not plant and len(sites) == 1:
        plant = sites[0].code
    wanted = request.POST.get("mapping", "")
    uploads = [
        Upload(name=file.name or "", content=file, size=file.size or 0)
        for file in request.FILES.getlist("files")
    ]
    try:
        draft = drafts.start_draft(
            uploads,
            plant=plant,
            connector=_connector(),
            viewer=request.viewer,
            now=request.now,
            max_bytes=DEFAULT_LIMITS.file_bytes,
            mapping_id=int(wanted) if wanted.isdecimal() else None,
        )
    except KnockonError as error:
        if error.code in _NOT_THEIRS:
            raise
        return _not_dropped(request, data_error_text(error.code, error.data))
    url = reverse("draft", kwargs={"pk": draft.pk})
    if _wants_json(request):
        return JsonResponse({"location": url}, status=HTTPStatus.CREATED)
    return redirect(url)


@require_safe
@staff_page(Right.IMPORT)
def draft(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show a draft: what its lists were taken for and what importing them would do."""
    return render(request, "data/draft_show.html", _draft_context(request, pk=pk))


@require_safe
@staff_page(Right.IMPORT)
def draft_live(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the part of a draft that changes."""
    return render(request, "data/_draft_body.html", _draft_context(request, pk=pk))


@require_POST
@staff_page(Right.IMPORT)
def draft_table(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Read a list as another table, as one more, or not at all."""
    return _changed(
        request,
        pk,
        lambda: draft_edits.choose_table(
            pk,
            place_of(request.POST.dict()),
            table=request.POST.get("wanted", ""),
            connector=_connector(),
            viewer=request.viewer,
            now=request.now,
        ),
    )


@require_POST
@staff_page(Right.IMPORT)
def draft_columns(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Read a list's columns as the form says."""
    form = request.POST.dict()
    return _changed(
        request,
        pk,
        lambda: draft_edits.choose_columns(
            pk,
            place_of(form),
            choices_of(form),
            connector=_connector(),
            viewer=request.viewer,
            now=request.now,
        ),
    )


@require_POST
@staff_page(Right.IMPORT)
def draft_cell(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Mend one cell."""
    return _changed(
        request,
        pk,
        lambda: draft_edits.fix_cell(
            pk,
            cell=cell_of(request.POST.dict()),
            connector=_connector(),
            viewer=request.viewer,
            now=request.now,
        ),
    )


@require_POST
@staff_page(Right.IMPORT)
def draft_rule(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Read the lists by a saved rule, or by one that comes as a file."""
    file = request.FILES.get("rule")
    text = file.read(4 * MAX_JSON_CHARS).decode(errors="replace") if file else ""
    wanted = request.POST.get("mapping", "")
    return _changed(
        request,
        pk,
        lambda: draft_edits.use_mapping(
            pk,
            text=text,
            mapping_id=int(wanted) if wanted.isdecimal() and not file else None,
            connector=_connector(),
            viewer=request.viewer,
            now=request.now,
        ),
    )


@require_POST
@staff_page(Right.IMPORT)
def draft_keep_rule(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Keep how the lists are read under a name."""
    name = request.POST.get("name", "")
    try:
        saved = drafts.save_mapping(name, draft_id=pk, viewer=request.viewer, now=request.now)
    except drafts.MappingUnnamed as error:
        messages.error(request, data_error_text(error.code, error.data))
    else:
        messages.success(
            request,
            _("Kept as “%(name)s”. Choose it when you drop the next files.") % {"name": saved.name},
        )
    return redirect("draft", pk=pk)


@require_GET
@staff_page(Right.IMPORT)
def draft_rule_file(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Give how the lists are read as a file."""
    found = load_draft(pk, viewer=request.viewer)
    response = HttpResponse(dump_mapping(mapping_of(found)), content_type="application/json")
    name = content_disposition_header(as_attachment=True, filename=f"knockon-rule-{pk}.json")
    response.headers["Content-Disposition"] = name or "attachment"
    return response


@require_POST
@staff_page(Right.IMPORT)
def draft_import(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Import a draft in the background."""
    return _changed(
        request, pk, lambda: drafts.begin_import(pk, viewer=request.viewer, now=request.now)
    )


@require_POST
@staff_page(Right.IMPORT)
def draft_discard(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Forget a draft and its files."""
    drafts.discard_draft(pk, viewer=request.viewer)
    return redirect("data")


@require_GET
@staff_page(Right.IMPORT)
def import_errors(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Give the refused rows of an import as a file."""
    run = load_import_run(pk, viewer=request.viewer)
    response = HttpResponse(
        refused_rows_file(load_refused_rows(run.pk)), content_type="text/csv; charset=utf-8"
    )
    name = content_disposition_header(as_attachment=True, filename=f"errors-{pk}.csv")
    response.headers["Content-Disposition"] = name or "attachment"
    return response


def _home(request: StaffRequest) -> dict[str, Any]:
    viewer = request.viewer
    recent = load_drafts(viewer=viewer)[:_RECENT]
    return {
        "sites": load_sites(viewer=viewer, right=Right.IMPORT),
        "rules": load_saved_mappings(viewer=viewer),
        "drafts": recent,
        "is_first": not recent and not load_import_runs(viewer=viewer).exists(),
        "may_edit": viewer.may(Right.EDIT_MASTER),
        "accept": ",".join(_connector().suffixes),
    }


def _draft_context(request: StaffRequest, *, pk: int, error: str = "") -> dict[str, Any]:
    found = load_draft(pk, viewer=request.viewer)
    opened = ""
    if request.method == "POST":
        place = place_of(request.POST.dict())
        opened = f"{place.file}/{place.sheet}"
    return {
        **draft_context(
            found,
            opened=request.GET.get("open", opened),
            everything=request.GET.get("rows") == "all",
        ),
        "problem": error,
        "rules": load_saved_mappings(viewer=request.viewer),
    }


def _changed(request: StaffRequest, pk: int, change: Callable[[], ImportDraft]) -> HttpResponse:
    """Change a draft and show it: its changed part where that was asked for, else its page."""
    problem = ""
    try:
        change()
    except KnockonError as error:
        if error.code in _NOT_THEIRS:
            raise
        problem = data_error_text(error.code, error.data)
    if request.headers.get("HX-Request"):
        context = _draft_context(request, pk=pk, error=problem)
        return render(request, "data/_draft_body.html", context)
    if problem:
        messages.error(request, problem)
    return redirect("draft", pk=pk)


def _not_dropped(request: StaffRequest, problem: str) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if _wants_json(request):
        return JsonResponse({"errors": [problem]}, status=status)
    return render(
        request, "data/data_show.html", {**_home(request), "problem": problem}, status=status
    )


def _connector() -> Connector:
    return load_connector("tabular")


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
