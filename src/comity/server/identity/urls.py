"""The addresses of log-in and account, each under its language."""

from django.urls import include, path

from comity.server.identity.prefix import under_language

__all__ = ["urlpatterns"]

urlpatterns = under_language(path("account/", include("allauth.urls")))
