"""TwelveLabs' Marengo, over the vendor's own SDK.

models.py    what each model takes, and how it wants to be asked
vendor.py    the calls that SAGE makes, on threads, with the vendor's errors turned into ours
failures.py  what the vendor's errors mean for a task
results.py   the vendor's list of vectors, sorted into tracks
media.py     getting the video's bytes to the vendor
engine.py    one task from beginning to end, picking up where an attempt before it stopped
keys.py      whether an API key is good
"""
