"""Still pages: slides, boards, cards, of which most look alike to fingerprints.

Where both videos are little but pictures that stand still for seconds, what matters is which page
is which and when each comes on. Two pages are the same when their detail pictures agree, whatever
a 16 x 16 fingerprint says; and when a page comes on, the frames say.

1. `stills`: the pages of one video, by its detail pictures, with their ends to the frame.
2. `likeness`: which pages of A and of B agree, under whatever look.
3. `pairing`: the order that both share, pages in place of others, and pages that were moved.
4. `page_lines`: the timeline that follows, as lines between frames.
"""
