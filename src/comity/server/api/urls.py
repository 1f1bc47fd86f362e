"""The addresses of the API, which never change: those of the questions come from their table."""

import re

from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView

from comity.server.api import downloads, methods, views
from comity.service.questions import QUESTIONS, Question

__all__ = ["urlpatterns"]


def _route(question: Question) -> URLPattern:
    below = re.sub(r"{(\w+)}", r"<str:\1>", question.path)
    return path(f"v1/{below}", views.answer, {"question": question}, name=f"api-{question.id}")


urlpatterns = [
    path("v1", RedirectView.as_view(url="/api/v1/")),
    path("v1/", views.index),
    path("v1/openapi.json", views.openapi),
    path("v1/log/checkpoint", downloads.checkpoint),
    path("v1/log/tile/<str:level>/<path:rest>", downloads.tile),
    path("v1/bulk/log.jsonl", downloads.log_lines),
    path("v1/bulk/acts.jsonl", downloads.acts),
    *map(_route, QUESTIONS.values()),
    path("v1/analysis", methods.methods),
    path("v1/analysis/<str:method>", methods.analysis),
    re_path(r"[\s\S]*", views.unknown),  # also what holds a line break
]
