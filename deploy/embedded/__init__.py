"""All of SAGE on one machine: `python -m deploy.embedded`, which `make run` calls."""
