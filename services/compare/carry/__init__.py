"""Carries files of timed items, such as subtitles, from one version to the other."""
