"""Embedding tasks: their states, the queue that workers take them from, and who watches them."""
