"""The addresses of the desk, of notifications and of subscriptions."""

from comity.server.desk import draft_pages, notification_pages, rectification_pages, subscription_pages
from comity.server.routes import page

__all__ = ["urlpatterns"]

urlpatterns = [
    page("desk", draft_pages.home),
    page("desk/drafts/new", draft_pages.new),
    page("desk/drafts/<str:key>", draft_pages.draft),
    page("desk/drafts/<str:key>/edit", draft_pages.edit),
    page("desk/drafts/<str:key>/document", draft_pages.document),
    page("desk/drafts/<str:key>/<str:verb>", draft_pages.act),
    page("desk/rectifications", rectification_pages.listed),
    page("desk/rectifications/new", rectification_pages.new),
    page("desk/rectifications/<str:key>", rectification_pages.rectification),
    page("desk/rectifications/<str:key>/edit", rectification_pages.edit),
    page("desk/rectifications/<str:key>/<str:verb>", rectification_pages.act),
    page("desk/proposals", rectification_pages.proposals),
    page("desk/proposals/<int:number>/<str:verb>", rectification_pages.settle),
    page("desk/webhooks", subscription_pages.hooks),
    page("desk/webhooks/<int:number>/<str:verb>", subscription_pages.hook_change),
    page("subscriptions", subscription_pages.subscriptions),
    page("subscriptions/change", subscription_pages.change),
    page("subscriptions/of/<str:token>", subscription_pages.of_mailbox),
    page("subscriptions/confirm/<str:token>", subscription_pages.confirm),
    page("subscriptions/leave/<str:token>", subscription_pages.leave),
    page("notifications", notification_pages.listed),
    page("notifications/feed", notification_pages.feed),
    page("notifications/<int:year>/<int:number>", notification_pages.notification),
    page("notifications/<int:year>/<int:number>/text", notification_pages.as_text),
    page("notifications/<int:year>/<int:number>/pdf", notification_pages.as_pdf),
]
