"""Addresses of the pages around the suspect window, a supplier's notice and broken links."""

from django.urls import path

from knockon.web import gaps, notice, suspect_window

urlpatterns = [
    path("notice/", notice.notice, name="notice"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/mend/", gaps.gap_mend, name="gap_mend"),
    path(
        "disruptions/<int:pk>/window/",
        suspect_window.disruption_window,
        name="disruption_window",
    ),
    path(
        "disruptions/<int:pk>/window/choices/",
        suspect_window.disruption_window_choices,
        name="disruption_window_choices",
    ),
    path(
        "disruptions/<int:pk>/window/set/",
        suspect_window.disruption_window_set,
        name="disruption_window_set",
    ),
    path(
        "disruptions/<int:pk>/window/undo/",
        suspect_window.disruption_window_undo,
        name="disruption_window_undo",
    ),
]
