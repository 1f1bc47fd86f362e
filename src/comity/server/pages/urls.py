"""The addresses of the public pages, and where those without a language lead."""

from django.urls import path

from comity.server.kept import kept
from comity.server.pages import answer, compare, embed, verify, views, what_if
from comity.server.routes import page
from comity.server.search.terms import urlpatterns as terms

__all__ = ["to_language", "urlpatterns"]

urlpatterns = [
    page("", kept(views.home)),
    page("about", kept(views.about)),
    page("instruments", kept(views.instruments)),
    page("instruments/<str:name>", kept(views.instrument)),
    page("instruments/<str:name>/relation", views.relation),
    page("instruments/<str:name>/<str:code>", kept(views.why)),
    page("actors", kept(views.actors)),
    page("actors/<str:code>", kept(views.actor)),
    *answer.urlpatterns,
    page("groups", kept(views.groups)),
    page("groups/<str:name>", kept(views.group)),
    *compare.urlpatterns,
    *embed.urlpatterns,
    *verify.urlpatterns,
    *what_if.urlpatterns,
    *terms,
]

to_language = [
    path("", views.to_language),
    path("<path:rest>", views.to_language),
]
