"""Analyses that people save: computed in the background, cited by their address, done again by anybody."""
