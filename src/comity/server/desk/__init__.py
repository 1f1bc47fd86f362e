"""The depositary's desk: drafts and their second reader, notifications, subscriptions, corrections of texts."""
