"""The addresses of the desk, of notifications and of subscriptions."""

from comity.server.desk import draft_pages, notification_pages
from comity.server.routes import page

__all__ = ["urlpatterns"]

urlpatterns = [
    page("desk", draft_pages.home),
    page("desk/drafts/new", draft_pages.new),
    page("desk/drafts/<str:key>", draft_pages.draft),
    page("desk/drafts/<str:key>/edit", draft_pages.edit),
    page("desk/drafts/<str:key>/document", draft_pages.document),
    page("desk/drafts/<str:key>/<str:verb>", draft_pages.act),
    page("notifications", notification_pages.listed),
    page("notifications/feed", notification_pages.feed),
    page("notifications/<int:year>/<int:number>", notification_pages.notification),
    page("notifications/<int:year>/<int:number>/text", notification_pages.as_text),
    page("notifications/<int:year>/<int:number>/pdf", notification_pages.as_pdf),
]
