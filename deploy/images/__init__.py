"""Builds SAGE's container images: `python -m deploy.images`, which is `make images`."""
