"""Many pairs, one after the other: which they are, what has been done, and what came of it."""
