"""One way to start a SAGE service: used by ingest, embed and compare, and by nothing else."""
