"""Pods that run: the dev overlay on podman, with two of each service, killed and rolled."""
