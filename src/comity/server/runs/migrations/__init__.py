"""How the tables of saved analyses came about."""
