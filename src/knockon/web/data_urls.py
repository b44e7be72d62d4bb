"""Addresses of the data pages."""

from django.urls import path

from knockon.web import data, doctor, sources

urlpatterns = [
    path("data/", data.data, name="data"),
    path("data/drafts/", data.data_drop, name="data_drop"),
    path("data/drafts/<int:pk>/", data.draft, name="draft"),
    path("data/drafts/<int:pk>/live/", data.draft_live, name="draft_live"),
    path("data/drafts/<int:pk>/table/", data.draft_table, name="draft_table"),
    path("data/drafts/<int:pk>/columns/", data.draft_columns, name="draft_columns"),
    path("data/drafts/<int:pk>/cell/", data.draft_cell, name="draft_cell"),
    path("data/drafts/<int:pk>/rule/", data.draft_rule, name="draft_rule"),
    path("data/drafts/<int:pk>/rule/keep/", data.draft_keep_rule, name="draft_keep_rule"),
    path("data/drafts/<int:pk>/rule.json", data.draft_rule_file, name="draft_rule_file"),
    path("data/drafts/<int:pk>/import/", data.draft_import, name="draft_import"),
    path("data/drafts/<int:pk>/discard/", data.draft_discard, name="draft_discard"),
    path("data/imports/<int:pk>/errors.csv", data.import_errors, name="import_errors"),
    path("data/doctor/", doctor.doctor_page, name="doctor"),
    path("sources/", sources.sources, name="sources"),
]
