"""The contract's side of the service: servicers, and the translations they use."""
