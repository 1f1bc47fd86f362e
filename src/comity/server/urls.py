"""The addresses. A page stands under its language; without one the reader's browser decides."""

from django.urls import include, path

from comity.server.desk.urls import urlpatterns as desk
from comity.server.identity.urls import urlpatterns as identity
from comity.server.lists.urls import urlpatterns as lists
from comity.server.pages.urls import to_language
from comity.server.pages.urls import urlpatterns as pages
from comity.server.runs.urls import urlpatterns as runs
from comity.server.studio.urls import urlpatterns as studio

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

# What leads on to a language comes last: it takes every address.
urlpatterns = [
    *pages,
    *identity,
    *desk,
    *lists,
    *runs,
    *studio,
    path("api/", include("comity.server.api.urls")),
    path("eli/", include("comity.server.api.permanent")),
    *to_language,
]

handler400 = "comity.server.faults.bad_request"
handler403 = "comity.server.faults.forbidden"
handler404 = "comity.server.faults.not_found"
handler429 = "comity.server.faults.too_many"
handler500 = "comity.server.faults.server_error"
