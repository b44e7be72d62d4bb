"""The curve at the REST face: a valid document, and only for who may see the case."""

import jsonschema
import pytest
from django.test import Client

from knockon.apps.accounts.models import Site
from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.demo.simulation.small import small_plant
from knockon.domain.access import SYSTEM, Right
from knockon.domain.curve_document import load_curve_schema
from tests.plants import import_case

pytestmark = pytest.mark.django_db
STOP_SEED = 3


def test_curve_is_a_valid_document_for_its_own_plant_only(client: Client) -> None:
    case = small_plant(STOP_SEED, holes=False)
    import_case(case)
    request = OpeningRequest(
        kind=case.disruption.kind, scope=case.disruption.scope, origin="api", origin_key="s"
    )
    opened = open_disruption(request, viewer=SYSTEM, now=case.now)
    address = f"/api/v1/disruptions/{opened.pk}/curve"
    Site.objects.create(code="P2", timezone="UTC")
    own, strange = (
        create_token(code, plant=code, rights=frozenset(Right), viewer=SYSTEM, now=case.now)
        for code in (case.plant, "P2")
    )

    waiting = client.get(address, headers={"Authorization": f"Bearer {own}"})
    assess(opened.pk, now=case.now)
    answered = client.get(address, headers={"Authorization": f"Bearer {own}"})
    refused = client.get(address, headers={"Authorization": f"Bearer {strange}"})

    assert waiting.status_code == 409
    assert waiting.json()["code"] == "impact_missing"
    jsonschema.validate(answered.json(), load_curve_schema())
    assert answered.json()["orders"]
    assert refused.status_code == 404
    assert client.get(address).status_code == 401
