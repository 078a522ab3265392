"""A pair of short films, drawn by code, that shows each kind of difference once."""
