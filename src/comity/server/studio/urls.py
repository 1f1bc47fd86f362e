"""The addresses of the studio."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.server.asking import Question, asked
from comity.server.kept import kept
from comity.server.routes import page
from comity.server.studio.clubs import club_page
from comity.server.studio.coalitions import coalitions_page
from comity.server.studio.forecasts import forecast_page
from comity.server.studio.inclusion import inclusion_page
from comity.server.studio.next_steps import next_step_page
from comity.server.studio.packages import package_page
from comity.server.studio.positions import positions_page
from comity.server.studio.power import power_page
from comity.server.studio.precedents import precedents_page
from comity.server.studio.reforms import design_page, quota_page
from comity.server.studio.shares import shares_page
from comity.service.form import Method
from comity.service.methods import METHODS

__all__ = ["urlpatterns"]


@require_safe
def index(request: HttpRequest, language: str) -> HttpResponse:
    """What each method answers: those of the table, each once for the page that it has."""
    with asked(request, language) as question:
        own = {one.page or one.id: one for one in METHODS.values()}
        own |= {one.id: one for one in METHODS.values() if not _has_page(one.page or one.id)}
        listed = [name for name, one in own.items() if _has_page(name) or one.id == name]
        context = question.frame() | {"methods": [_listed(question, name, own[name]) for name in listed]}
    return render(request, "studio/index.html", context)


def _has_page(name: str) -> bool:
    return any(str(one.pattern).endswith(f"/analysis/{name}") for one in urlpatterns)


def _listed(question: Question, name: str, method: Method) -> tuple[str, SafeString | str, SafeString | str]:
    """Where a method is asked, what it is called, and what it answers."""
    words = question.words
    english = words.english(method.summary)
    title = words.known(f"{name}.title") or english
    asks = words.known(f"{name}.asks") or ("" if title == english else english)
    where = f"analysis/{name}" if _has_page(name) else f"analysis/runs?method={name}"
    return (question.link(where) if _has_page(name) else f"/{words.code}/{where}"), title, asks


urlpatterns = [
    page("analysis/precedents", kept(precedents_page)),
    page("analysis/next-step", next_step_page),
    page("analysis", kept(index)),
    page("analysis/power", kept(power_page)),
    page("analysis/quota", kept(quota_page)),
    page("analysis/design", kept(design_page)),
    page("analysis/club", club_page),
    page("analysis/coalitions", coalitions_page),
    page("analysis/package", package_page),
    page("analysis/forecast", kept(forecast_page)),
    page("analysis/positions", positions_page),
    page("analysis/inclusion", inclusion_page),
    page("analysis/shares", shares_page),
]
