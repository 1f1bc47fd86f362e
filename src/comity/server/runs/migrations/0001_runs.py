"""Saved analyses."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.server.runs.models


class Migration(migrations.Migration):
    """The first of them."""

    initial = True
    dependencies: ClassVar[list[Any]] = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="SavedRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.CharField(default=comity.server.runs.models.new_key, max_length=32, unique=True)),
                ("method", models.CharField(max_length=40)),
                ("inputs", models.BinaryField()),
                ("size", models.PositiveBigIntegerField()),
                ("past", models.BooleanField(default=False)),
                ("shared", models.BooleanField(default=False)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("wanted", models.BooleanField(default=True)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("made", models.DateTimeField(auto_now_add=True)),
                ("beat", models.DateTimeField(auto_now_add=True)),
                ("told", models.BinaryField(default=b"")),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={"ordering": ["-made", "-id"]},
        ),
    ]
