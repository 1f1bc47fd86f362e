"""What a page gives away: its tables, dates, changes and documents, in the forms that offices use."""
