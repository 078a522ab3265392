"""The one door to SAGE: an Envoy configuration, rendered from settings."""
