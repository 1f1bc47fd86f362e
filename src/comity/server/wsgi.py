"""The pages as a WSGI application."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.server.settings")
django.setup(set_prefix=False)
application = WSGIHandler()
