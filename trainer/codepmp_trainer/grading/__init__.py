"""Verdicts on worked answers."""
