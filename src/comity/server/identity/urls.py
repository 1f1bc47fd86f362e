"""The addresses of log-in and account, each under its language."""

from allauth.mfa.totp.views import activate_totp
from allauth.socialaccount.providers.openid_connect.views import callback
from django.urls import include, path

from comity.server.identity import administration, views
from comity.server.identity.prefix import under_language
from comity.server.identity.wider import to_provider, with_drawn_code

__all__ = ["urlpatterns"]

urlpatterns = [
    *under_language(
        path("account", views.account, name="account"),
        path("account/tokens", views.token, name="account_tokens"),
        path("account/tokens/<int:number>", views.revoke_token, name="account_token"),
        path("account/people", administration.people, name="people"),
        path("account/people/<int:number>", administration.person, name="person"),
        path("account/verdicts", administration.audit, name="verdicts"),
        # Two of allauth's pages need to reach a little farther than others.
        path("account/2fa/totp/activate/", with_drawn_code(activate_totp), name="mfa_activate_totp"),
        path("account/oidc/<slug:provider_id>/login/", to_provider, name="openid_connect_login"),
        path("account/", include("allauth.account.urls")),
        path("account/2fa/", include("allauth.mfa.urls")),
        path("account/3rdparty/", include("allauth.socialaccount.urls")),
    ),
    # Where a provider sends people back to: one address, in whatever language they left.
    path("account/oidc/<slug:provider_id>/login/callback/", callback, name="openid_connect_callback"),
]
