"""How a firm's people had the columns of their client files read, for the next file with the same columns."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from firms.managers import FirmManager
from firms.models import Firm


class ColumnChoice(models.Model):
    """The field that each column fills, "" for none, of files whose header has this shape; as it was last chosen."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="column_choices")
    shape = models.CharField(max_length=64)
    fields: "models.JSONField[Any, Any]" = models.JSONField()
    chosen_at = models.DateTimeField(default=timezone.now)

    objects = FirmManager()

    class Meta:
        ordering: ClassVar = ["-chosen_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["firm", "shape"], name="one_column_choice_per_shape"),
        ]

    def __str__(self) -> str:
        return f"columns of {self.shape[:8]}"
