"""Engines: what turns a video into an embedding."""
