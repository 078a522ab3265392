"""What the recognition of still pages was tuned by.

The numbers were set on made-up decks of five to ten pages in many sizes, fonts and colours, encoded
with H.264 at CRF 18 to 26. Levels are those of the pictures, 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PagesTuning:
    """One field for each number; each says its unit, and what half of it does to the answer."""

    # -- pages of one video
    # Levels by which a cell of a frame changes to the next one while a page stands. Half: pages
    # that were encoded badly are moving pictures.
    still_levels: int = 3
    # Share of the frames that stand. Half: moving pictures are looked through for pages, which
    # takes time.
    still_frames: float = 0.95
    # Share of the video that has to be pages. Half: lines of moving pictures are drawn by pages.
    least_in_pages: float = 0.9
    # Pictures of the detail track that show a page, at least. Half: pictures that hardly stand are
    # pages.
    least_pictures: int = 2
    # Levels by which cells differ from page to page where only their colours do. Half: encoders'
    # errors are pages.
    other_colours: float = 8.0

    # -- whether two pages are the same
    # How strongly a window of the detail differs, as for spots: the same page in two encodes has
    # 1 to 4, a changed digit 12 to 40. Half: encoders' errors are other pages.
    other_page: float = 5.0
    # The same as a multiple of how pages usually differ from themselves: in the other video, and
    # where an encoder draws them anew. Half: heavily encoded pages are other ones.
    times_usual: float = 3.0
    times_usual_anew: float = 4.0
    # The most that it may be. Half: heavily encoded pages are other ones as well.
    other_page_most: float = 17.0
    # Pages of A with which each of B is compared. Half: in long decks of pages that look alike to
    # fingerprints some are not found.
    candidates: int = 12

    # -- ends
    # Levels of detail by which a cell has to change to say when a page comes on. Half: cells that
    # only encoding changes take part.
    changed_detail: float = 16.0
    # Seconds of a page that say what its cells are like. Half: encoding says more about when a page
    # comes on.
    beside_end: float = 1.0
    # Share of the cells outside that change where an encoder draws a picture anew. Half: ripples of
    # what a page changes are taken for that.
    refreshed: float = 0.03
    # Levels by which cells have to change for frames to tell when. Half: rounding tells it.
    least_step: float = 0.2
    # Levels from which on they tell it for sure. Half: pages are cut where encoding changes them.
    sure_step: float = 0.7

    # -- pairing
    # What a page in place of another one of the same length is worth, as a share of one that is the
    # same. Half: a page with a changed word is deleted, and inserted; double: pages that changed
    # places are replaced.
    in_place_of: float = 0.3
    # What a page that stands longer in one video is worth. Half: pages that were held are replaced.
    held: float = 0.9
    # Frames by which lengths differ that are the same. Half: frames that were rounded are edits.
    same_frames: float = 1.5
    # Seconds by which a page's end may be off that frames do not tell: detail tells it to a second.
    # Half: pages are held for what is not known.
    unsure_end: float = 1.1
    # Share of the pages in both videos that last equally long. Half: pages at another speed are
    # held or cut short, one by one.
    equally_long: float = 0.5


TUNED = PagesTuning()
