"""Calls that nobody would write, made from the descriptors of the contract: `make fuzz`."""
