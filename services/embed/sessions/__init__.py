"""Sessions, and the API keys that belong to them."""
