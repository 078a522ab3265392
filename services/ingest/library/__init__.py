"""What ingest does, apart from how it is called and where it keeps things.

uploading.py   announcing a file and taking its parts
writing.py     parts on their way into the store
streaming.py   a whole file as one stream
completing.py  parts become a video, or are refused
catalogue.py   the videos of a workspace
strips.py      filmstrips and waveforms, made once
sweeping.py    what is too old or half removed goes
"""
