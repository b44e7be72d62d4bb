"""What evidence freed comes over REST to who asks for it."""

from typing import Any

import jsonschema
import pytest
from django.test import Client

from knockon.apps.accounts.models import Site
from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import Revision, revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.domain.access import SYSTEM, Right
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.facts import LotKey
from knockon.domain.impact_document import load_schema
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db
PLANT = "KFREED"


def _asked(disruption_id: int, query: str) -> Any:
    rights = frozenset({Right.VIEW_BOARD, Right.VIEW_ORDERS, Right.VIEW_LOTS})
    token = create_token("program", plant=PLANT, rights=rights, viewer=SYSTEM, now=NOW)
    answer = Client().get(
        f"/api/v1/disruptions/{disruption_id}/impact{query}",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200
    return answer.json()


def test_rows_that_were_freed_come_only_with_cleared() -> None:
    Site.objects.create(code=PLANT, timezone="Asia/Taipei")
    lots = [LotKey(PLANT, "A", number) for number in ("A1", "A2")]
    rows = [{"lot": key.lot, "item": key.item} for key in lots]
    import_records("lots", rows, options=ImportOptions(plant=PLANT), viewer=SYSTEM, now=NOW)
    request = OpeningRequest(
        kind=DisruptionKind.QUALITY,
        scope=Scope(plant=PLANT, lots=tuple(lots)),
        origin="api",
        origin_key="r1",
    )
    case = open_disruption(request, viewer=SYSTEM, now=NOW)
    assess(case.pk, now=NOW)
    why = Revision(note="The second delivery was another one.")
    revise(case.pk, changes={"lots": [list(lots[0])]}, viewer=SYSTEM, now=NOW, why=why)
    assess(case.pk, now=NOW)

    plain, whole = _asked(case.pk, ""), _asked(case.pk, "?cleared=1")

    jsonschema.validate(whole, load_schema())
    assert [(row["lot"], row["class"]) for row in plain["lots"]] == [("A1", "CONFIRMED")]
    assert "cleared" not in plain
    assert [(row["lot"], row["class"]) for row in whole["lots"]] == [
        ("A1", "CONFIRMED"),
        ("A2", "CLEARED"),
    ]
    assert [each["reason"]["code"] for each in whole["cleared"]] == ["scope_narrowed"]
