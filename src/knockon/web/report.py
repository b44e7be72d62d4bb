"""The report page: on a phone, in three taps, with or without a network."""

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from knockon.apps.disruptions.selectors import load_attachment
from knockon.apps.disruptions.services.reporting import Reported
from knockon.apps.disruptions.services.reporting import report as open_case
from knockon.apps.plant.selectors import load_causes, load_item_names
from knockon.apps.production.selectors import load_components_of, load_jobs_of
from knockon.domain.access import NotAllowed, Right
from knockon.domain.disruptions import Severity
from knockon.domain.errors import KnockonError
from knockon.web.report_form import kinds_offered, machines_offered, read_report
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.wording import error_text

_STATIC = Path(__file__).resolve().parent / "static" / "knockon"
_ASKING = frozenset({"subject_missing", "lot_ambiguous"})
"""Refusals that one more answer mends: the form is shown again with likely answers."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Right.REPORT)
def report(request: StaffRequest) -> HttpResponse:
    """Show the form, or take a report; a device's queue asks for JSON, a plain form gets a page."""
    if request.method != "POST":
        return render(request, "report/report_new.html", _form_context(request))
    uploads = [*request.FILES.getlist("photo"), *request.FILES.getlist("voice")]
    try:
        asked = read_report(
            request.POST.dict(), viewer=request.viewer, sites=request.sites, now=request.now
        )
        done = open_case(asked, uploads=uploads, viewer=request.viewer, now=request.now)
    except NotAllowed:
        raise
    except KnockonError as error:
        return _refused(request, error)
    return _accepted(request, done)


@require_safe
@never_cache
@staff_page(Right.REPORT)
def report_session(request: StaffRequest) -> JsonResponse:
    """Tell a device who is signed in, and give it the token its queue sends with."""
    return JsonResponse({"user": request.viewer.actor, "csrf": get_token(request)})


@require_safe
def report_shell(request: HttpRequest) -> HttpResponse:
    """Show the form without anybody's data, to be kept on the device for when there is no network."""
    context = {
        "action": reverse("report"),
        "kinds": kinds_offered(),
        "chosen": "",
        "severities": [severity.value for severity in Severity],
    }
    response = render(request, "report/report_shell.html", context)
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the report page's service worker from the root, so that it may serve that page."""
    del request
    source = (_STATIC / "dist" / "sw.js").read_bytes()
    return HttpResponse(
        source,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"},
    )


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Serve the description with which a phone puts the report page on its home screen."""
    del request
    source = (_STATIC / "manifest.webmanifest").read_bytes()
    return HttpResponse(source, content_type="application/manifest+json")


@require_safe
@staff_page(Right.REPORT)
def scanned(request: StaffRequest, *, kind: str, key: str) -> HttpResponse:
    """Send whoever scanned a label to the page of what it names."""
    del request
    if kind == "lot":
        return redirect(f"{reverse('lots')}?{urlencode({'q': key})}")
    if kind in {"equipment", "tool", "work_order"}:
        return redirect(f"{reverse('report')}?{urlencode({kind: key})}")
    return redirect("report")


@require_safe
@staff_page(Right.VIEW_BOARD)
def attachment(request: StaffRequest, *, pk: int) -> HttpResponseBase:
    """Serve a photo or voice note to those who may see its case."""
    file = load_attachment(pk, viewer=request.viewer)
    response = FileResponse(file.file.open("rb"), content_type=file.content_type)
    name = Path(str(file.file.name)).name
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _accepted(request: StaffRequest, done: Reported) -> HttpResponse:
    url = reverse("disruption", kwargs={"pk": done.case.pk})
    if _wants_json(request):
        message = _("Reported as case %(case)s.") % {"case": done.case.pk}
        status = HTTPStatus.CREATED if done.is_new else HTTPStatus.OK
        return JsonResponse({"url": url, "message": message, "id": done.case.pk}, status=status)
    return redirect(url)


def _refused(request: StaffRequest, error: KnockonError) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if _wants_json(request):
        return JsonResponse({"message": error_text(error), "code": error.code}, status=status)
    context = {**_form_context(request), "error": error_text(error), "given": request.POST}
    if error.code in _ASKING:
        context["question"] = _question(request, error)
    return render(request, "report/report_new.html", context, status=status)


def _question(request: StaffRequest, error: KnockonError) -> dict[str, Any]:
    """Return what to ask: which of several lots, or what is made at the machine right now."""
    plant = request.chosen_site.code if request.chosen_site else ""
    equipment = request.POST.get("equipment", "").strip()
    jobs = load_jobs_of(equipment, plant=plant, viewer=request.viewer) if equipment else []
    items = load_components_of([job.work_order for job in jobs], plant=plant)
    names = load_item_names([*items, *(job.item for job in jobs)])
    kept = ("equipment", "kind", "note", "client_event_id", "severity", "cause", "tool")
    return {
        "kept": [(name, request.POST[name]) for name in kept if request.POST.get(name)],
        "lots": error.data.get("candidates", []),
        "jobs": [{"job": job, "name": names.get(job.item, "")} for job in jobs],
        "items": [{"item": item, "name": names.get(item, "")} for item in items],
    }


def _form_context(request: StaffRequest) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    machines = machines_offered(
        viewer=request.viewer, sites=request.sites, named=given.get("plant", "")
    )
    use_site(request, machines.plant)
    return {
        "action": reverse("report"),
        "kinds": kinds_offered(),
        "plants": request.sites if len(request.sites) > 1 else (),
        "plant_code": machines.plant if given.get("plant") else "",
        "plant_chosen": machines.plant,
        "equipment": machines.tiles,
        "chosen": given.get("equipment", ""),
        "lot": given.get("lot", ""),
        "work_order": given.get("work_order", ""),
        "tool": given.get("tool", ""),
        "causes": list(load_causes(plant=machines.plant)),
        "severities": [severity.value for severity in Severity],
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
