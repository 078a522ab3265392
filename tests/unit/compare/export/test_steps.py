"""Carrying out the steps of change notes on A gives B."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.compare.export.steps import Action, Step, steps_of
from tests.unit.compare.export.edits import Edit, edit_of, edits

Frame = int | None


def carried_out(edit: Edit) -> list[Frame]:
    """A's frames after all steps; None stands for what was put in or changed its speed."""
    sequence: list[Frame] = list(range(edit.a_frames))
    for step in steps_of(edit.document, MODALITY_VISUAL):
        source = step.source
        moved = step.action is Action.MOVE and source is not None
        new: list[Frame] = (
            list(range(source.start, source.end)) if moved and source else [None] * step.added
        )
        sequence[step.at : step.at + step.removed] = new
        assert len(sequence) == edit.a_frames + step.net
    return sequence


@settings(deadline=None, max_examples=50)
@given(edits())
def test_the_steps_make_b_of_a(edit: Edit) -> None:
    assert carried_out(edit) == edit.origins


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 30).flatmap(lambda frames: edits(heal_frames=frames)))
def test_healing_never_leaves_a_wrong_frame(edit: Edit) -> None:
    made = carried_out(edit)
    assert len(made) == len(edit.origins)
    assert all(frame in (None, origin) for frame, origin in zip(made, edit.origins, strict=True))


@settings(deadline=None, max_examples=40)
@given(edits())
def test_what_is_taken_out_is_what_the_step_names(edit: Edit) -> None:
    sequence: list[Frame] = list(range(edit.a_frames))
    for step in steps_of(edit.document, MODALITY_VISUAL):
        out = sequence[step.at : step.at + step.removed]
        if step.action in (Action.DELETE, Action.LIFT) and step.source is not None:
            assert out == list(range(step.source.start, step.source.end))
        sequence[step.at : step.at + step.removed] = [None] * step.added


def actions(edit: Edit) -> list[tuple[str, int, int, int]]:
    return [_told(step) for step in steps_of(edit.document, MODALITY_VISUAL)]


def _told(step: Step) -> tuple[str, int, int, int]:
    return step.action.value, step.at, step.removed, step.added


def test_an_insertion_and_a_deletion_in_one_place_are_a_replacement() -> None:
    edit = edit_of([("SAME", 50), ("NEW", 20), ("GONE", 30), ("SAME", 50)])
    assert actions(edit) == [("replace", 50, 30, 20)]


def test_a_move_is_a_lift_and_a_move_in() -> None:
    edit = edit_of([("SAME", 50), ("MOVED", 20, 3), ("SAME", 30), ("SAME", 10)])
    assert actions(edit) == [("lift", 50, 20, 0), ("move in", 90, 0, 20)]


def test_short_gaps_are_healed() -> None:
    parts = [("SAME", 50), ("NEW", 20), ("SAME", 2), ("GONE", 30), ("SAME", 50)]
    assert actions(edit_of(parts, heal_frames=0)) == [("insert", 50, 0, 20), ("delete", 72, 30, 0)]
    assert actions(edit_of(parts, heal_frames=2)) == [("replace", 50, 32, 22)]


def test_no_changes_are_no_steps() -> None:
    assert actions(edit_of([("SAME", 50)])) == []
