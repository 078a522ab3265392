"""Opening a video the same way everywhere.

source.py      a seekable file over range reads, so that PyAV reads straight from object storage
container.py   open a container; choose the real picture and sound streams; the timeline's zero
decoding.py    one pass over the decoded frames, with true presentation times
parallel_decode.py  the same on all cores, with groups of pictures decoded side by side
decode_threads.py  the threads that do it
cores.py       how many there may be
random_access.py  where a group may begin
probe.py       what a video is, after proving that it decodes
gaps.py        long gaps between pictures, found without reading all of a large file
signature.py   what a file that is no video looks like, to say so precisely
errors.py      MediaError: the one exception, with a machine-readable reason
"""
