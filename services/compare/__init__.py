"""Distances and alignment of embedded videos."""
