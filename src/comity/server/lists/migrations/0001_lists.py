"""Lists, and notes kept with them."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _number() -> models.BigAutoField[Any, Any]:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """The first of them."""

    initial = True
    dependencies: ClassVar[list[Any]] = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="BroughtList",
            fields=[
                ("id", _number()),
                ("name", models.CharField(max_length=200)),
                ("original", models.BinaryField()),
                ("told", models.BinaryField()),
                ("edition", models.PositiveIntegerField(default=1)),
                ("brought_on", models.DateTimeField(auto_now_add=True)),
                ("changed_on", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"ordering": ["-changed_on"]},
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", _number()),
                ("instrument", models.CharField(max_length=120)),
                ("text", models.TextField(max_length=10000)),
                ("written_on", models.DateTimeField(auto_now_add=True)),
                (
                    "on_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="lists.broughtlist"
                    ),
                ),
            ],
            options={"ordering": ["written_on"]},
        ),
    ]
