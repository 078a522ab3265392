"""What an embedding is made of, how it is stored and how it reaches clients."""
