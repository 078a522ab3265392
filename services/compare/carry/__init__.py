"""Carrying what is timed to one version of a video over to the other."""
