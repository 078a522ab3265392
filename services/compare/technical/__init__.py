"""What differs in two files, apart from what they show.

rows.py        a property of both files as a row, and how much a difference of it matters
comparing.py   all rows of two files, and the texts of their subtitles
file_rows.py, picture_rows.py, colour_rows.py, track_rows.py   the properties, by what they are of
track_pairs.py which tracks of two files belong together
texts.py, text_matches.py   subtitles compared as text
wording.py     values with their units
"""
