"""The addresses of a treaty office's own lists."""

from comity.server.lists import views
from comity.server.routes import page

__all__ = ["urlpatterns"]

urlpatterns = [
    page("lists", views.index),
    page("lists/<int:number>", views.shown),
    page("lists/<int:number>/columns", views.columns),
    page("lists/<int:number>/names", views.names),
    page("lists/<int:number>/instruments/<str:name>", views.instrument),
    page("lists/<int:number>/everything.zip", views.everything),
    page("lists/<int:number>/remove", views.remove),
]
