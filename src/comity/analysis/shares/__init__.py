"""Fair shares of a burden or a benefit."""
