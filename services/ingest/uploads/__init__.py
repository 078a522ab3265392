"""Uploads: announced, taken part by part, completed, swept away."""
