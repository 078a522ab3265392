"""A copy of a video that every browser plays: the same pictures at the same times, smaller.

picture.py   pictures as browsers show them: progressive, square pixels, upright, 8 bits, BT.709
sound.py     the sound as one stereo track without gaps, by its stamps
output.py    a file that is sent away while it is written
encoder.py   VP9 and Opus in WebM, with a key frame every half second
worker.py    the confined process that makes one
"""

# The job of the confined process.
PROXY = "proxy"
