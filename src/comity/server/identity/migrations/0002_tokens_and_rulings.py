"""Tokens for programs, and verdicts as they were given."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The second of them."""

    dependencies: ClassVar[list[Any]] = [("identity", "0001_people")]
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("when", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("person", models.CharField(blank=True, max_length=20)),
                ("role", models.CharField(max_length=20)),
                ("by_token", models.BooleanField(default=False)),
                ("action", models.CharField(max_length=40)),
                ("thing", models.CharField(blank=True, max_length=200)),
                ("allowed", models.BooleanField()),
                ("reason", models.CharField(max_length=20)),
                ("params", models.JSONField(default=dict)),
            ],
            options={"ordering": ["-when", "-id"]},
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scopes", models.CharField(max_length=200)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expires", models.DateTimeField()),
                ("used", models.DateField(default=None, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-created", "-id"]},
        ),
    ]
