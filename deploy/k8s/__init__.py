"""Kubernetes: the manifests, and what prepares them."""
