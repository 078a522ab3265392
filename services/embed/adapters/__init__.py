"""Where the embed service touches databases, the object store and other services."""
