"""The addresses of the studio."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.server.asking import asked
from comity.server.kept import kept
from comity.server.routes import page
from comity.server.studio.clubs import club_page
from comity.server.studio.coalitions import coalitions_page
from comity.server.studio.packages import package_page
from comity.server.studio.positions import positions_page
from comity.server.studio.power import power_page

__all__ = ["urlpatterns"]


@require_safe
def index(request: HttpRequest, language: str) -> HttpResponse:
    """What each method answers."""
    with asked(request, language) as question:
        methods = [
            (question.link(f"analysis/{name}"), name)
            for name in ("power", "club", "coalitions", "package", "positions")
        ]
        context = question.frame() | {
            "methods": [
                (href, question.words.text(f"{name}.title"), question.words.text(f"{name}.asks"))
                for href, name in methods
            ]
        }
    return render(request, "studio/index.html", context)


urlpatterns = [
    page("analysis", kept(index)),
    page("analysis/power", kept(power_page)),
    page("analysis/club", club_page),
    page("analysis/coalitions", coalitions_page),
    page("analysis/package", package_page),
    page("analysis/positions", positions_page),
]
