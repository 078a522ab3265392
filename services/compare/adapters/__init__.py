"""What compare knows of the world outside: the embed service, over gRPC."""
