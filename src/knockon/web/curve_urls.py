"""Addresses of the repair-time curve on a case's page."""

from django.urls import path

from knockon.web import curve_pages

urlpatterns = [
    path("disruptions/<int:pk>/curve/", curve_pages.disruption_curve, name="disruption_curve"),
    path(
        "disruptions/<int:pk>/curve/orders/",
        curve_pages.disruption_curve_at,
        name="disruption_curve_at",
    ),
]
