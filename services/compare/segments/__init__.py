"""Alignment of two segment tracks: which part of A is which part of B, and what differs.

`sequence` understands cuts and is the default; `index` and `shifted` pair segments by number and
by time.
"""
