"""Which fields an update changes."""

from __future__ import annotations

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hypothesis import given, settings
from hypothesis import strategies as st

from services.servicekit.errors import SageError
from services.servicekit.field_masks import masked

CHANGEABLE = ("display_name", "status", "options")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*CHANGEABLE, "name", "*"]), max_size=4))
def test_a_mask_names_what_can_be_changed_or_is_refused(paths: list[str]) -> None:
    if paths == ["*"]:
        expected = set(CHANGEABLE)
    elif set(paths) <= set(CHANGEABLE):
        expected = set(paths) or {"display_name"}
    else:
        with pytest.raises(SageError) as refusal:
            masked(FieldMask(paths=paths), CHANGEABLE)
        assert [field.field for field in refusal.value.fields] == ["update_mask"]
        return
    assert masked(FieldMask(paths=paths), CHANGEABLE) == expected
