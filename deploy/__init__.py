"""Ways to run SAGE: on one machine, and in a cluster."""
