"""Policies: what may differ between two versions, read from TOML and held against a comparison."""
