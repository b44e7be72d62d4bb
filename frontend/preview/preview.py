"""Show the theme and every component with made-up contents, under the real content security policy.

``.venv/bin/python frontend/preview/preview.py`` serves the pages; with ``--shoot`` it takes a
screenshot of each at 360 and 1440 pixels into ``frontend/preview/out`` and fails on any error that
the browser reports. Needs a built front end and, for ``--shoot``, a Chromium.
"""

import argparse
import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django import forms
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import include, path
from pictures import PAGES, shoot

HERE = Path(__file__).resolve().parent
WEB = HERE.parents[1] / "src" / "knockon" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
NOW = datetime.fromtimestamp(time.time(), UTC)
# What arrived since the server started: for trying the islands out.
RECEIVED: list[dict[str, str]] = []
PHOTOS: list[bytes] = []
STREAMS: list[str] = []
STEPS = ("Cause", "Machine or lot", "Operation", "Work order", "Order", "Customer")


class PolicyMiddleware:
    """Send the policy that the product sends."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy's header."""
        response = self.get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response


def frame(request: HttpRequest) -> dict[str, object]:
    """Return what the product's context processor gives to every page."""
    entries = [
        ("/", "layout-dashboard", "Board"),
        ("/report/", "alert-circle", "Report"),
        ("/orders/", "receipt", "Orders"),
        ("/picture/", "git-branch", "Ripple"),
        ("/lots/", "packages", "Lots"),
        ("/data/", "database", "Data"),
        ("/sources/", "plug-off", "Sources"),
    ]
    nav = [
        {"url": url, "icon": icon, "label": label, "active": request.path == url}
        for url, icon, label in entries
    ]
    return {
        "nav": nav,
        "plant": {"name": "Taichung moulding", "zone": "Asia/Taipei"},
        "viewer": {"name": "陳怡君", "role": "Team leader", "key": "preview"},
        "live_url": "/live",
        "theme": request.COOKIES.get("ko_theme", ""),
        "now": NOW,
    }


class SignInForm(forms.Form):
    """Stand in for the form that django-allauth gives."""

    login = forms.CharField(label="User name")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    remember = forms.BooleanField(label="Stay signed in", required=False)


def picture(*, orders: int) -> dict[str, object]:
    """Build a ripple picture with so many orders."""
    nodes = [
        {"id": "c", "layer": 0, "label": "Stopped 02:14", "note": "heater broken", "tone": "s1"}
    ]
    nodes += [
        {
            "id": "m",
            "layer": 1,
            "label": "IM-07",
            "note": "650 t, mould M-1182",
            "type": "equipment",
        }
    ]
    edges = [{"source": "c", "target": "m", "class": "CONFIRMED"}]
    classes = ("CONFIRMED", "PROBABLE", "POSSIBLE")
    for index in range(orders):
        link = classes[index % 3]
        group = index // 2
        customer = index % max(1, orders // 4)
        if index % 2 == 0:
            operation = {"id": f"o{group}", "layer": 2, "label": f"WO-2026-{1180 + group} / 20"}
            work_order = {"id": f"w{group}", "layer": 3, "label": f"WO-2026-{1180 + group}"}
            nodes += [
                {**operation, "note": "moulding"},
                {**work_order, "note": "front cover, 1,200 pcs"},
            ]
            edges += [{"source": "m", "target": f"o{group}", "class": link}]
            edges += [{"source": f"o{group}", "target": f"w{group}", "class": link}]
        order = {
            "id": f"s{index}",
            "layer": 4,
            "label": f"SO-2026-03-{4400 + index} / {index % 3 + 1}",
        }
        late = index % 5 == 0
        nodes += [
            {
                **order,
                "note": "6 h 20 min late" if late else "moved",
                "tone": "s2" if late else "hit",
                "href": "/orders/",
            }
        ]
        edges += [{"source": f"w{group}", "target": f"s{index}", "class": link}]
        edges += [{"source": f"s{index}", "target": f"k{customer}", "class": link}]
    names = ("Hanlin Electronics", "北辰家電", "Orbis Appliance GmbH", "聯合光電")
    for customer in range(max(1, orders // 4)):
        nodes += [
            {
                "id": f"k{customer}",
                "layer": 5,
                "label": f"{names[customer % 4]} {customer}",
                "note": "tier A",
            }
        ]
    for node in nodes:
        node.setdefault("class", "CONFIRMED")
    return {
        "label": "How the stop spreads",
        "layers": [{"label": step} for step in STEPS],
        "nodes": nodes,
        "edges": edges,
    }


def page(template: str, **context: object):
    """Make a view of one template."""

    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template, context)

    return view


def path_steps() -> list[dict[str, str]]:
    """Return one explanation path."""
    return [
        {"kind": "machine", "label": "IM-07", "link_class": "CONFIRMED"},
        {
            "kind": "operation",
            "label": "WO-2026-1180 / 20",
            "link_class": "CONFIRMED",
            "note": "moulding",
        },
        {"kind": "work order", "label": "WO-2026-1180", "link_class": "PROBABLE"},
        {
            "kind": "order",
            "label": "SO-2026-03-4400 / 1",
            "link_class": "PROBABLE",
            "url": "/orders/",
        },
    ]


def board(request: HttpRequest) -> HttpResponse:
    """Show a board, as a page author would build it."""
    rows = [
        {
            "severity": s,
            "name": n,
            "since": NOW - timedelta(minutes=m),
            "owner": o,
            "orders": k,
            "decide": NOW + timedelta(minutes=d),
        }
        for s, n, m, o, k, d in (
            ("S1", "IM-07 stopped: heater broken", 47, "", 5, 12),
            ("S2", "Bad solder joints, lot B-20260305-17", 190, "林志明", 4, 95),
            ("S3", "Resin lot R-552 late", 1500, "王美玲", 2, 600),
            ("S4", "IM-02 short stops", 20, "王美玲", 0, 2000),
        )
    ]
    stats = [
        {"label": "Open", "value": 4, "icon": "alert-circle"},
        {"label": "Waiting for somebody", "value": 1, "icon": "hand-stop", "tone": "alarm"},
        {"label": "Orders affected", "value": 11, "icon": "receipt"},
        {"label": "Customers", "value": 7, "icon": "users"},
        {"label": "Value at risk", "value": "1,284,000", "unit": "TWD"},
    ]
    return render(
        request, "board.html", {"rows": rows, "stats": stats, "wall": "wall" in request.GET}
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component once."""
    form = SignInForm({"login": "", "password": ""})
    pages = Paginator(range(1000), 25)
    context = {
        "form": form,
        "page": pages.page(7),
        "pages": pages.get_elided_page_range(7),
        "severities": ("S1", "S2", "S3", "S4"),
        "classes": ("CONFIRMED", "PROBABLE", "POSSIBLE", "CLEARED"),
        "effects": ("SUSPECT_SHIPPED", "SUSPECT_ON_HAND", "SHORT", "LATE", "MOVED"),
        "kinds": ("nothing", "unknown", "computing", "first"),
        "reasons": ("Work order WO-2026-1180 names no order.", "No stock list was received."),
        "steps": path_steps(),
        "soon": NOW + timedelta(minutes=9),
        "later": NOW + timedelta(hours=5, minutes=20),
        "past": NOW - timedelta(hours=7, minutes=44),
        "stopped": NOW - timedelta(minutes=47),
        "sources": [
            {
                "name": "Orders",
                "last_good_at": NOW - timedelta(hours=7, minutes=44),
                "since_count": 12,
            },
            {"name": "Stock", "last_good_at": NOW - timedelta(days=3), "old": True},
            {"name": "Inspections", "last_good_at": None, "old": True},
        ],
    }
    return render(request, "gallery.html", context)


def report_context(request: HttpRequest, *, offline: bool) -> dict[str, object]:
    """Return what the report form needs."""
    kinds = [
        ("equipment", "engine", "Machine stopped"),
        ("quality", "ruler", "Bad parts"),
        ("material", "box", "Material missing"),
        ("tool", "tool", "Mould or tool"),
        ("people", "people", "Nobody here"),
        ("method", "help", "Something else"),
    ]
    machines = (
        [] if offline else [{"key": f"IM-{n:02}", "name": f"{n * 50 + 100} t"} for n in range(1, 9)]
    )
    return {
        "action": "/report/",
        "kinds": [{"value": value, "icon": icon, "label": label} for value, icon, label in kinds],
        "equipment": machines,
        "chosen": request.GET.get("equipment", ""),
    }


def report(request: HttpRequest) -> HttpResponse:
    """Show the form, and take what it sends."""
    if request.method == "POST":
        RECEIVED.append(request.POST.dict())
        PHOTOS.extend(photo.read() for photo in request.FILES.getlist("photo"))
        return JsonResponse(
            {"url": "/picture/", "message": "D-2026-0147: 5 orders affected."}, status=201
        )
    return render(request, "report.html", report_context(request, offline=False))


def report_shell(request: HttpRequest) -> HttpResponse:
    """Show the form without anybody's data."""
    return render(request, "report_shell.html", report_context(request, offline=True))


def report_session(request: HttpRequest) -> HttpResponse:
    """Say who is signed in."""
    return JsonResponse({"user": "preview", "csrf": request.META.get("CSRF_COOKIE", "")})


def live(request: HttpRequest) -> HttpResponse:
    """Stream a greeting, then an event every two seconds."""
    STREAMS.append(request.get_full_path())

    def events() -> Iterator[str]:
        greeting = {"topic": "hello", "at": datetime.fromtimestamp(time.time(), UTC).isoformat()}
        yield f"event: hello\ndata: {json.dumps(greeting)}\n\n"
        for number in range(1, 100_000):
            time.sleep(2)
            happened = {
                "topic": "disruption",
                "id": "D-1",
                "at": datetime.fromtimestamp(time.time(), UTC).isoformat(),
            }
            yield f"id: {number}\nevent: topic\ndata: {json.dumps(happened)}\n\n"

    return StreamingHttpResponse(events(), content_type="text/event-stream")


def worker(_request: HttpRequest) -> HttpResponse:
    """Serve the service worker from the root, as the product does."""
    source = (WEB / "static" / "knockon" / "dist" / "sw.js").read_bytes()
    return HttpResponse(
        source, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page."""
    return render(
        request,
        "account/login.html",
        {"form": SignInForm(), "nav": None, "viewer": None, "live_url": ""},
    )


def upload(request: HttpRequest) -> HttpResponse:
    """Take files, and refuse them so that the errors are seen."""
    if request.method == "POST":
        return JsonResponse(
            {"errors": [f"{len(request.FILES.getlist('files'))} files, none of them a table."]},
            status=422,
        )
    return render(request, "data.html")


urlpatterns = [
    path("", board),
    path("gallery/", gallery),
    path("report/", report),
    path("report/shell/", report_shell),
    path("report/session/", report_session),
    path("picture/", page("picture.html", picture=picture(orders=5), paths=[path_steps()])),
    path("orders/", page("picture.html", picture=picture(orders=100), paths=[path_steps()])),
    path("data/", upload),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", sign_in, name="account_logout"),
    path("refused/", page("403.html")),
    path("broken/", page("500.html")),
    path("live", live),
    path("sw.js", worker),
    path("i18n/", include("django.conf.urls.i18n")),
]


def configure() -> None:
    """Set Django up with nothing but templates and static files."""
    loaders = {
        "context_processors": [
            "django.template.context_processors.request",
            "django.template.context_processors.i18n",
            "django.template.context_processors.csrf",
            f"{__name__}.frame",
        ]
    }
    settings.configure(
        DEBUG=True,
        SECRET_KEY=secrets.token_hex(),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.staticfiles"],
        MIDDLEWARE=[
            f"{__name__}.PolicyMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": False,
                "DIRS": [HERE / "templates", WEB / "templates"],
                "OPTIONS": {
                    **loaders,
                    "libraries": {"islands": "knockon.web.templatetags.islands"},
                },
            }
        ],
        STATIC_URL="/static/",
        STATICFILES_DIRS=[WEB / "static"],
        LOCALE_PATHS=[WEB.parent / "locale"],
        LANGUAGE_CODE="en",
        LANGUAGES=[("zh-hant", "繁體中文"), ("zh-hans", "简体中文"), ("en", "English")],
        TIME_ZONE="Asia/Taipei",
        USE_TZ=True,
        SILENCED_SYSTEM_CHECKS=["security"],
    )
    django.setup()


class Server(ThreadingMixIn, WSGIServer):
    """Serve each request in its own thread: an open stream must not block the page."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Say nothing about requests."""

    def log_message(self, *arguments: object) -> None:
        """Drop the line."""


def start(port: int) -> Server:
    """Start the server on a thread."""
    server = make_server("127.0.0.1", port, StaticFilesHandler(WSGIHandler()), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    """Serve, or take the pictures and go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shoot", action="store_true")
    parser.add_argument("--languages", default="en")
    parser.add_argument("--pages", default="|".join(PAGES))
    arguments = parser.parse_args()
    configure()
    server = start(arguments.port)
    base = f"http://127.0.0.1:{server.server_port}"
    if not arguments.shoot:
        sys.stderr.write(f"{base}\n")
        threading.Event().wait()
    complaints = shoot(
        base,
        languages=tuple(arguments.languages.split(",")),
        pages=tuple(arguments.pages.split("|")),
    )
    sys.stderr.write("".join(f"{line}\n" for line in complaints))
    server.shutdown()
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
