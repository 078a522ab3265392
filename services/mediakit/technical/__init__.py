"""What differs in files themselves: everything that a delivery specification may ask of one.

facts.py        the values, as plain data
reading.py      from headers, the index and the first pictures: at once, however long the file
measuring.py    from all of the file: loudness, texts of subtitles, stamps that no index lists
picture.py      codec, scan, colour, HDR of the picture
colour_names.py the names of ITU-T H.273's numbers
hdr.py          mastering display, light levels, captions: what pictures carry beside their pixels
timecodes.py    time codes that pictures carry
regularity.py   whether pictures come at a constant rate
loudness.py     EBU R 128 of one sound track
cues.py         texts of one subtitle track
json_form.py    the values as JSON
"""
