"""Drafts, notifications, rectifications, subscriptions, and what is to be sent."""

import secrets
from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.server.desk.models


class Migration(migrations.Migration):
    """The first of them."""

    initial = True

    dependencies: ClassVar[list[Any]] = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("media", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("added", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("holder", models.CharField(blank=True, max_length=32)),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveIntegerField(unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=comity.server.desk.models.new_key, max_length=32, unique=True)),
                ("state", models.CharField(db_index=True, default="draft", max_length=12)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed", models.DateTimeField(auto_now=True)),
                ("instrument", models.CharField(max_length=200)),
                ("date", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=80)),
                ("act", models.CharField(max_length=60)),
                ("effective", models.CharField(blank=True, max_length=10)),
                ("ref", models.CharField(blank=True, max_length=4000)),
                ("at", models.CharField(blank=True, max_length=80)),
                ("notified", models.CharField(blank=True, max_length=10)),
                ("set", models.CharField(blank=True, max_length=4000)),
                ("note", models.CharField(blank=True, max_length=4000)),
                ("source", models.CharField(blank=True, max_length=4000)),
                ("entry", models.PositiveBigIntegerField(null=True)),
                ("leaf_hash", models.CharField(blank=True, max_length=64)),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="desk.document",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-changed", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Rectification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(default=comity.server.desk.models.new_key, max_length=32, unique=True)),
                ("state", models.CharField(db_index=True, default="draft", max_length=12)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed", models.DateTimeField(auto_now=True)),
                ("instrument", models.CharField(max_length=200)),
                ("provision", models.CharField(max_length=80)),
                ("language", models.CharField(max_length=2)),
                ("wrong", models.CharField(max_length=4000)),
                ("right", models.CharField(max_length=4000)),
                ("reason", models.CharField(blank=True, max_length=4000)),
                ("days", models.PositiveIntegerField(default=90)),
                ("circulated", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("entry", models.PositiveBigIntegerField(null=True)),
                ("leaf_hash", models.CharField(blank=True, max_length=64)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-changed", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("what", models.CharField(max_length=20)),
                ("seal", models.CharField(blank=True, max_length=64)),
                ("reason", models.CharField(blank=True, max_length=4000)),
                (
                    "draft",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="desk.draft"
                    ),
                ),
                (
                    "rectification",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="desk.rectification",
                    ),
                ),
                (
                    "who",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(default="email", max_length=10)),
                ("address", models.CharField(max_length=500)),
                ("language", models.CharField(default="en", max_length=2)),
                ("digest", models.BooleanField(default=False)),
                ("secret", models.CharField(default=secrets.token_urlsafe, max_length=64)),
                ("confirmed", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("disabled", models.DateTimeField(null=True)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=500)),
                ("text", models.TextField()),
                ("payload", models.JSONField(default=dict)),
                ("due", models.DateTimeField(db_index=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("held", models.DateTimeField(null=True)),
                ("sent", models.DateTimeField(db_index=True, null=True)),
                ("dropped", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="desk.subscriber"
                    ),
                ),
            ],
            options={
                "ordering": ["due", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("acts", models.BooleanField(default=True)),
                ("deadlines", models.BooleanField(default=False)),
                ("waiting", models.BooleanField(default=False)),
                ("made", models.DateTimeField(auto_now_add=True)),
                (
                    "subscriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wishes", to="desk.subscriber"
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "value"],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=80)),
                ("date", models.DateField()),
                ("text", models.CharField(blank=True, max_length=4000)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "who",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rectification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="desk.rectification"
                    ),
                ),
            ],
            options={
                "ordering": ["date", "actor"],
                "constraints": [
                    models.UniqueConstraint(fields=("rectification", "actor"), name="one_objection_an_actor")
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=30)),
                ("issued", models.DateTimeField()),
                ("instrument", models.CharField(db_index=True, max_length=200)),
                ("actors", models.JSONField(default=list)),
                ("areas", models.JSONField(default=list)),
                ("act", models.CharField(blank=True, max_length=60)),
                ("date", models.CharField(max_length=10)),
                ("entry", models.PositiveBigIntegerField(null=True)),
                ("leaf_hash", models.CharField(blank=True, max_length=64)),
                ("texts", models.JSONField(default=dict)),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="desk.document",
                    ),
                ),
                (
                    "draft",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notification",
                        to="desk.draft",
                    ),
                ),
                (
                    "rectification",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="desk.rectification",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "-number"],
                "constraints": [models.UniqueConstraint(fields=("year", "number"), name="one_number_a_notification")],
            },
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.UniqueConstraint(fields=("channel", "address", "owner"), name="one_subscriber_an_owner"),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.UniqueConstraint(
                condition=models.Q(("channel", "email")), fields=("address",), name="one_subscriber_a_mailbox"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("subscriber", "key"), name="one_message_a_key"),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.UniqueConstraint(fields=("subscriber", "kind", "value"), name="one_wish_a_topic"),
        ),
    ]
