"""What looks into the files of strangers: a process of its own for each of them.

worker.py      the process: no credentials, little memory, gone when its parent is
filmstrip.py   pictures of some times, side by side in a JPEG
waveform.py    peaks of the sound on an even grid of times
"""
