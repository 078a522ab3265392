from __future__ import annotations

import re

from services.servicekit.names import new_id, resource_id


def test_ids_fit_the_contract_s_pattern_and_never_repeat() -> None:
    ids = {new_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(re.fullmatch(r"[a-z0-9]{26}", each) for each in ids)


def test_the_id_is_what_follows_the_collection() -> None:
    assert resource_id("videos/abc") == "abc"
