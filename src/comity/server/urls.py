"""The addresses. A page stands under its language; without one the reader's browser decides."""

from django.urls import path, register_converter

from comity.server import views
from comity.server.words import LANGUAGES

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]


class _Language:
    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_Language, "language")

urlpatterns = [
    path("<language:language>/", views.home),
    path("<language:language>/about", views.about),
    path("<language:language>/instruments/<str:name>", views.instrument),
    path("<language:language>/instruments/<str:name>/<str:code>", views.why),
    path("<language:language>/actors/<str:code>", views.actor),
    path("", views.to_language),
    path("<path:rest>", views.to_language),
]

handler400 = "comity.server.faults.bad_request"
handler404 = "comity.server.faults.not_found"
handler500 = "comity.server.faults.server_error"
