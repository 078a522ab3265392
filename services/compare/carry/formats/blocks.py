"""Files that are one block of text after another, as most are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.compare.carry.document import Follows, Item, Placement
from services.compare.carry.formats.arrangement import Placed, arrange
from services.compare.carry.formats.encoded_text import EncodedText, Line


@dataclass(frozen=True, kw_only=True)
class Block:
    """An item and its text.

    `lead` is what stands before it and is not its own, such as comments: it stays even when the
    item goes. `written` gives the block's text at a place, without the line breaks after it, which
    are `gap`.
    """

    item: Item
    lead: str
    written: Callable[[Placed], str]
    gap: str


@dataclass(frozen=True, kw_only=True)
class BlockDocument:
    """`head` and `tail` surround the blocks; `separator` is the gap where a block has none."""

    source: EncodedText
    follows: Follows
    head: str
    blocks: Sequence[Block]
    tail: str
    separator: str

    @property
    def items(self) -> Sequence[Item]:
        return [block.item for block in self.blocks]

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        placed = arrange(self.items, placements)
        leads = self._leads(placed)
        parts = [self.head]
        for place, entry in enumerate(placed):
            block = self.blocks[entry.index]
            parts += (leads[place], block.written(entry))
            is_last = place == len(placed) - 1
            if not is_last:
                is_old_last = entry.index == len(self.blocks) - 1
                parts.append(self.separator if is_old_last else block.gap)
            elif leads[-1] + self.tail:
                parts.append(self.blocks[-1].gap or self.separator)
            else:
                parts.append(self.blocks[-1].gap)
        parts += (leads[-1], self.tail)
        return self.source.encoded("".join(parts))

    def _leads(self, placed: Sequence[Placed]) -> list[str]:
        """What stands before each written block, and before the tail.

        A lead goes before its item's first copy. That of a dropped item goes before the next block
        of the old file that is still there.
        """
        first_place = {
            entry.index: place
            for place, entry in reversed(list(enumerate(placed)))
            if entry.repeat == 0
        }
        leads = [""] * (len(placed) + 1)
        waiting = ""
        for index, block in enumerate(self.blocks):
            waiting += block.lead
            if index in first_place:
                leads[first_place[index]] = waiting
                waiting = ""
        leads[-1] = waiting
        return leads


def without_gap(block: Sequence[Line]) -> tuple[str, str]:
    """A block's text, and the line breaks and blank lines that end it."""
    last = len(block)
    while last > 1 and not block[last - 1].text.strip():
        last -= 1
    text = "".join(line.whole for line in block[:last])
    bare = text.rstrip("\r\n")
    return bare, text[len(bare) :] + "".join(line.whole for line in block[last:])
