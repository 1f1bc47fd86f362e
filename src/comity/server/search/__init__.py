"""One search box over the register, in all six languages at once."""
