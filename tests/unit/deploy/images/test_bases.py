"""Which base images are used."""

from __future__ import annotations

from deploy.images.bases import REGISTRY_NODE, Bases, chosen


def test_nothing_is_chosen_without_a_base_for_python() -> None:
    assert chosen({}) is None
    assert chosen({"SAGE_PYTHON_IMAGE": "", "SAGE_NODE_IMAGE": "node"}) is None


def test_what_runs_builds_too_unless_something_else_does() -> None:
    one = chosen({"SAGE_PYTHON_IMAGE": "python"})
    all_three = chosen(
        {"SAGE_PYTHON_IMAGE": "python", "SAGE_BUILD_IMAGE": "build", "SAGE_NODE_IMAGE": "node"}
    )

    assert one == Bases(runtime="python", build="python", node=REGISTRY_NODE)
    assert all_three == Bases(runtime="python", build="build", node="node")
    assert all_three.arguments == {
        "PYTHON_IMAGE": "python",
        "BUILD_IMAGE": "build",
        "NODE_IMAGE": "node",
    }
