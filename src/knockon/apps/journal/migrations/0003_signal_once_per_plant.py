from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("journal", "0002_keyed_request"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="signal", name="signal_once"),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(
                fields=("plant", "source", "event_id"), name="signal_once"
            ),
        ),
    ]
