"""Addresses of the staff's face."""

from django.urls import include, path

from knockon.web import board, customers, disruptions, inbox, lots, orders, report, sign_in

urlpatterns = [
    path("", include("knockon.web.curve_urls")),
    path("", include("knockon.web.data_urls")),
    path("", include("knockon.web.tracing_urls")),
    path("", include("knockon.web.weighing_urls")),
    path("", board.board, name="board"),
    path("board/live/", board.board_live, name="board_live"),
    path("disruptions/<int:pk>/", disruptions.disruption, name="disruption"),
    path("disruptions/<int:pk>/now/", disruptions.disruption_now, name="disruption_now"),
    path("disruptions/<int:pk>/impact/", disruptions.disruption_impact, name="disruption_impact"),
    path("disruptions/<int:pk>/spread/", disruptions.disruption_spread, name="disruption_spread"),
    path("disruptions/<int:pk>/ripple/", disruptions.disruption_ripple, name="disruption_ripple"),
    path("disruptions/<int:pk>/why/", disruptions.disruption_why, name="disruption_why"),
    path("disruptions/<int:pk>/orders/", disruptions.disruption_orders, name="disruption_orders"),
    path("disruptions/<int:pk>/record/", disruptions.disruption_record, name="disruption_record"),
    path("disruptions/<int:pk>/move/", disruptions.disruption_move, name="disruption_move"),
    path(
        "disruptions/<int:pk>/estimate/",
        disruptions.disruption_estimate,
        name="disruption_estimate",
    ),
    path("attachments/<int:pk>/", report.attachment, name="attachment"),
    path("report/", report.report, name="report"),
    path("report/session/", report.report_session, name="report_session"),
    path("report/shell/", report.report_shell, name="report_shell"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:plant>/<path:rest>/", orders.order, name="order"),
    path("customers/<path:customer>/statement/", customers.customer_statement, name="statement"),
    path("customers/<path:customer>/", customers.customer, name="customer"),
    path("lots/", lots.lots, name="lots"),
    path("lots/<path:rest>/", lots.lot, name="lot"),
    path("messages/", inbox.inbox, name="messages"),
    path("messages/live/", inbox.inbox_live, name="messages_live"),
    path("messages/read/", inbox.inbox_read, name="messages_read"),
    path("sw.js", report.service_worker, name="service_worker"),
    path("manifest.webmanifest", report.manifest, name="manifest"),
    path("s/<slug:kind>/<path:key>", report.scanned, name="scanned"),
    path("i18n/setlang/", sign_in.choose_language, name="set_language"),
]
