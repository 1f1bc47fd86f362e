"""Who is who: people and their roles, log-in, tokens, and the record of what was allowed and refused."""
