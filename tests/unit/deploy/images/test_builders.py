"""The commands by which images are built, whichever program is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.images.builders import Builder, image_labels


def command(builder: Builder) -> list[str]:
    return builder.build_command(
        "compare",
        "sage-compare:1",
        arguments={"CONTENT": "c"},
        labels={"title": "t"},
        context=Path("/src"),
    )


def test_docker_builds_one_target_of_the_one_file() -> None:
    assert command(Builder(program="docker")) == [
        *("docker", "build", "--file", "/src/deploy/images/Containerfile"),
        *("--target", "compare", "--tag", "sage-compare:1"),
        *("--build-arg", "CONTENT=c", "--label", "title=t", "/src"),
    ]


@pytest.mark.parametrize("program", ["buildah", "podman"])
def test_storage_of_its_own_comes_before_the_command(program: str) -> None:
    built = command(Builder(program=program, storage=Path("/s")))

    assert built[:6] == [program, "--root", "/s/storage", "--runroot", "/s/run", "build"]
    assert "--pull-never" in built


def test_docker_knows_no_storage_of_its_own() -> None:
    assert Builder(program="docker", storage=Path("/s")).command == ("docker",)


@pytest.mark.parametrize(
    "inspected",
    [
        {"OCIv1": {"config": {"Labels": {"a": "b"}}}},
        [{"Config": {"Labels": {"a": "b"}}}],
        [{"Labels": {"a": "b"}, "Config": {}}],
    ],
    ids=["buildah", "docker", "podman"],
)
def test_labels_are_read_in_each_programs_words(inspected: object) -> None:
    assert image_labels(inspected) == {"a": "b"}


def test_an_image_may_have_no_labels() -> None:
    assert image_labels([{"Config": {"Labels": None}}]) == {}
