"""What a link that somebody shared lets its readers see: one comparison, its two videos, no more.

The token of such a link has the scope `share` and a claim that names what may be seen. Every
service lets it call a few methods (`SharedMethods`), all of which only read, and only about what
the claim names; anything else is answered like what does not exist.

What a request names is found by the contract: every field that refers to a resource counts, also
one that a method gains later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from google.api.resource_pb2 import resource_reference
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from services.servicekit.errors import SageError, not_found

# Full names of methods (`/package.Service/Method`), each with the fields that say what it is about:
# without them it would be about all of the workspace.
SharedMethods = Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """comparison: `comparisons/{id}`. videos: `videos/{id}`."""

    comparison: str
    videos: frozenset[str]

    def shows(self, name: str) -> bool:
        """Whether a resource, or the one that it belongs to, is shared.

        The name of an embedding passes: embed, which knows whose it is, has to judge.
        """
        owner = "/".join(name.split("/")[:2])
        return owner == self.comparison or owner in self.videos or owner.startswith("embeddings/")

    def to_claim(self) -> dict[str, Any]:
        """As a token carries it, in one order whatever the set's; `share_of_claim` reads it."""
        return {"comparison": self.comparison, "videos": sorted(self.videos)}


def share_of_claim(claim: Any) -> Share:
    """Raises ValueError for a claim that does not say what is shared."""
    if not isinstance(claim, dict):
        raise ValueError("the claim is no object")
    comparison, videos = claim.get("comparison"), claim.get("videos")
    if not isinstance(videos, list) or not videos:
        raise ValueError("the claim names no videos")
    if not all(isinstance(each, str) and each for each in (comparison, *videos)):
        raise ValueError("the claim names nothing")
    return Share(comparison=str(comparison), videos=frozenset(videos))


def check_method(shared: SharedMethods, method: str) -> None:
    """Raises SageError(NOT_FOUND) for a method that readers of links have no use for."""
    if method not in shared:
        raise _not_shared(method.rsplit("/", 1)[-1])


def check_request(share: Share, needed: Collection[str], request: Message) -> None:
    """Raises SageError(NOT_FOUND) when a request is about anything that is not shared.

    needed: the fields that must say something.
    """
    for field in needed:
        if not getattr(request, field):
            raise _not_shared(field)
    for name in _named(request):
        if not share.shows(name):
            raise not_found(name)


def _named(message: Message) -> Iterator[str]:
    """The resources that a message names, wherever in it."""
    for field, value in message.ListFields():
        values = value if isinstance(value, Collection) and not isinstance(value, str) else [value]
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for each in values:
                if isinstance(each, Message):
                    yield from _named(each)
        elif field.GetOptions().HasExtension(resource_reference):
            yield from values


def _not_shared(what: str) -> SageError:
    return not_found(f"{what} in what was shared")
