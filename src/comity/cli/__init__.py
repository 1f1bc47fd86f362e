"""The command line: thin words over the service, for people in a terminal and for programs."""
