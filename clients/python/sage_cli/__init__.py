"""The `sage` command: compares videos through a SAGE server, from a terminal or a script."""
