"""Secrets of other people: encrypted at rest, never in a log, never in an answer."""
