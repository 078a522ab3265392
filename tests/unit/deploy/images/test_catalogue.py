"""What images are made of, and when one has to be made anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.images.catalogue import IMAGES, Image, content_hash, labels

ROOT = Path(__file__).resolve().parents[4]
CONTAINERFILE = (ROOT / "deploy/images/Containerfile").read_text()
IMAGE = Image(name="some", title="Some image", sources=("pyproject.toml", "code"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small repository that `IMAGE` is made of."""
    (tmp_path / "code" / "__pycache__").mkdir(parents=True)
    (tmp_path / "code" / "main.py").write_text("print(1)\n")
    write_project(tmp_path, dependencies="['grpcio']", line_length=100)
    return tmp_path


def write_project(tree: Path, *, dependencies: str, line_length: int) -> None:
    (tree / "pyproject.toml").write_text(
        f"[project]\ndependencies = {dependencies}\noptional-dependencies = {{}}\n"
        f"[tool.ruff]\nline-length = {line_length}\n"
    )


def test_equal_sources_make_equal_images(tree: Path) -> None:
    before = content_hash(tree, IMAGE, ["base"])

    (tree / "code" / "__pycache__" / "main.pyc").write_bytes(b"compiled")
    (tree / "other.py").write_text("print(2)\n")
    write_project(tree, dependencies="['grpcio']", line_length=80)

    assert content_hash(tree, IMAGE, ["base"]) == before


def test_a_change_of_code_packages_or_base_makes_another_image(tree: Path) -> None:
    hashes = [content_hash(tree, IMAGE, ["base"]), content_hash(tree, IMAGE, ["newer base"])]

    (tree / "code" / "main.py").write_text("print(2)\n")
    hashes.append(content_hash(tree, IMAGE, ["base"]))
    (tree / "code" / "main.py").rename(tree / "code" / "other.py")
    hashes.append(content_hash(tree, IMAGE, ["base"]))
    write_project(tree, dependencies="['numpy']", line_length=100)
    hashes.append(content_hash(tree, IMAGE, ["base"]))

    assert len(set(hashes)) == len(hashes)


def test_labels_are_the_ocis_and_leave_out_what_is_unknown() -> None:
    assert labels(IMAGE, version="1.2.3", revision="") == {
        "org.opencontainers.image.title": "sage-some",
        "org.opencontainers.image.description": "Some image",
        "org.opencontainers.image.version": "1.2.3",
        "org.opencontainers.image.licenses": "MIT",
    }


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_every_image_has_a_target_and_all_that_its_stages_copy(image: Image) -> None:
    assert f"AS {image.name}\n" in CONTAINERFILE
    assert all((ROOT / source).exists() for source in image.sources)
    for stage in re.split(r"^FROM ", CONTAINERFILE, flags=re.MULTILINE)[1:]:
        name = stage.split("\n", 1)[0].rpartition(" AS ")[2]
        if name in (image.name, f"{image.name}-code"):
            for copied in re.findall(r"^COPY (?!--from)(\S+) ", stage, flags=re.MULTILINE):
                assert any(
                    copied == each or copied.startswith(f"{each}/") for each in image.sources
                )


def test_what_runs_has_no_package_manager_and_is_nobody_special() -> None:
    runtime = CONTAINERFILE.split(" AS runtime\n")[1].split("\nFROM ")[0]

    assert "rm -rf /usr/local/lib/python3.*/site-packages/pip*" in runtime
    assert "USER 10001:10001" in runtime
    users = re.findall(r"^USER (\S+)", CONTAINERFILE, flags=re.MULTILINE)
    assert users[-1] == "10001:10001"
