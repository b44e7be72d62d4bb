"""Addresses of the pages that weigh cases: what one puts at risk, which of several comes first."""

from django.urls import path

from knockon.web import joint, money

urlpatterns = [
    path("disruptions/<int:pk>/money/", money.disruption_money, name="disruption_money"),
    path("joint/", joint.joint, name="joint"),
    path("joint/answer/", joint.joint_found, name="joint_found"),
]
