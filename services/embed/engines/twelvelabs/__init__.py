"""TwelveLabs' Marengo, over the vendor's own SDK.

client.py   the calls that SAGE makes, with the vendor's errors turned into ours
models.py   what each model takes
keys.py     whether an API key is good
"""
