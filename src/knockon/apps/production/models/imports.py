"""Import runs: what came, what was taken, what was refused."""

from django.db import models

from knockon.apps.journal.models import Entry


class ImportDraft(models.Model):
    """Files on their way in: dropped, read, mapped, mended, and at last imported."""

    class State(models.TextChoices):
        """Where the draft stands."""

        READING = "reading"
        READY = "ready"
        IMPORTING = "importing"
        DONE = "done"
        FAILED = "failed"

    owner = models.CharField(max_length=150)
    plant = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    files = models.JSONField(default=list)
    """Each ``name`` as given, ``stored`` as we named it, ``size`` and ``sha256``."""
    sheets = models.JSONField(default=list)
    """What each sheet was taken for: columns with samples, guesses and alternatives."""
    mapping = models.JSONField(default=dict)
    """The mapping set as it now stands."""
    fixes = models.JSONField(default=list)
    """Cells that a person corrected: ``file``, ``sheet``, ``row``, ``column``, ``value``."""
    preview = models.JSONField(default=dict)
    """What importing it now would do: counts and refusals."""
    error = models.JSONField(default=dict)
    """Code and data of what stopped it."""
    progress = models.PositiveSmallIntegerField(default=0)
    doing = models.CharField(max_length=255, blank=True)
    run = models.ForeignKey("ImportRun", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="import_draft_of")]

    def __str__(self) -> str:
        return f"{self.owner} {self.created_at:%Y-%m-%d %H:%M} {self.state}"


class SavedMapping(models.Model):
    """A way to read one kind of file, kept under a name for the next time."""

    plant = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=80)
    mapping = models.JSONField()
    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plant", "name"], name="saved_mapping_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One delivery of files, from upload to commit."""

    class State(models.TextChoices):
        """Where the run stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    plant = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    actor = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    files = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    """Per table: added, changed, unchanged, closed, refused."""
    notes = models.JSONField(default=list)
    progress = models.PositiveSmallIntegerField(default=0)
    """Percent."""
    position = models.BigIntegerField(null=True)
    """Journal position of its commit."""

    def __str__(self) -> str:
        return f"{self.plant} {self.source} {self.started_at:%Y-%m-%d %H:%M}"


class RefusedRow(models.Model):
    """A row that did not go in, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    file = models.CharField(max_length=255)
    table = models.CharField(max_length=40)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "file", "row"], name="refused_of")]

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.code}"


class Delivery(models.Model):
    """A source brought rows of a table without error; the newest tells how old the data are."""

    plant = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    table = models.CharField(max_length=40)
    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plant", "source", "table", "recorded"], name="delivery_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plant} {self.source}/{self.table}"
