"""The data base itself refuses to edit or delete recorded rows; they can only be retired."""

from django.db import migrations

_TABLES = (
    "accounts_person",
    "accounts_shift",
    "plant_approval",
    "plant_bomline",
    "plant_calendarrule",
    "plant_cause",
    "plant_customer",
    "plant_equipment",
    "plant_item",
    "plant_lever",
    "plant_routingstep",
    "plant_setup",
    "plant_shipcalendar",
    "plant_supplier",
    "plant_tool",
    "plant_tooluse",
    "plant_unitfactor",
    "production_allocation",
    "production_consumption",
    "production_inspection",
    "production_lot",
    "production_lotevent",
    "production_operation",
    "production_orderline",
    "production_outsidemove",
    "production_plannedoperation",
    "production_purchaseorder",
    "production_receipt",
    "production_requirement",
    "production_resourceuse",
    "production_serial",
    "production_shipment",
    "production_stock",
    "production_stop",
    "production_transfer",
    "production_workorder",
    "production_workreport",
)

_FUNCTION = """
CREATE FUNCTION knockon_only_retire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'retired_id') IS DISTINCT FROM (to_jsonb(OLD) - 'retired_id') THEN
        RAISE EXCEPTION 'rows of % are never edited', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION knockon_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never edited or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
_UNDO = "DROP FUNCTION knockon_only_retire() CASCADE; DROP FUNCTION knockon_never_change() CASCADE;"


def _triggers() -> str:
    retire = [
        f"CREATE TRIGGER only_retire BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION knockon_only_retire();"
        for table in _TABLES
    ]
    never = [
        f"CREATE TRIGGER never_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION knockon_never_change();"
        for table in ("journal_entry", "journal_event")
    ]
    return "\n".join([*retire, *never])


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [
        ("production", "0002_more_tables"),
        ("plant", "0001_first_tables"),
        ("accounts", "0001_first_tables"),
        ("journal", "0001_first_tables"),
    ]

    operations = [migrations.RunSQL(_FUNCTION + _triggers(), reverse_sql=_UNDO)]
