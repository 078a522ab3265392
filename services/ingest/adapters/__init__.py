"""Where ingest meets S3, its database, and the processes that look into files."""
