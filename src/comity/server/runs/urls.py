"""The addresses of saved analyses."""

from comity.server.routes import page
from comity.server.runs import views

__all__ = ["urlpatterns"]

urlpatterns = [
    page("analysis/runs", views.index),
    page("analysis/runs/<str:key>", views.shown),
    page("analysis/runs/<str:key>/run.json", views.whole),
    page("analysis/runs/<str:key>/<str:verb>", views.change),
]
