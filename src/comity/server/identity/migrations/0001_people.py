"""People."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The first of them."""

    initial = True
    dependencies: ClassVar[list[Any]] = []
    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(default="public", max_length=20)),
                ("actor", models.CharField(blank=True, max_length=80)),
                ("language", models.CharField(default="en", max_length=2)),
                ("is_active", models.BooleanField(default=True)),
                ("joined", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["email"]},
        ),
    ]
