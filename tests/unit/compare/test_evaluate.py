"""The evaluation reads a folder of cases and writes what SEQUENCE finds."""

import json
from pathlib import Path

import numpy as np

from services.compare.evaluate import main


def test_a_folder_becomes_predictions(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    vectors = random.integers(-127, 128, (30, 32)).astype(np.int8)
    times = np.stack([2.0 * np.arange(30), 2.0 * np.arange(1, 31)], axis=1)
    (tmp_path / "data").mkdir()
    np.savez(
        tmp_path / "data" / "trimmed.npz",
        a=vectors,
        a_scale=np.full(30, 0.01, np.float32),
        a_times=times,
        b=vectors[5:],
        b_scale=np.full(25, 0.01, np.float32),
        b_times=times[:25],
    )
    (tmp_path / "manifest.json").write_text(json.dumps({"cases": [{"name": "trimmed"}]}))
    output = tmp_path / "predictions.json"

    main([str(tmp_path), "-o", str(output)])

    predictions = json.loads(output.read_text())
    assert [region["kind"] for region in predictions["trimmed"]] == ["deleted", "unchanged"]
    assert predictions["trimmed"][0] == {
        "kind": "deleted",
        "a_start": 0.0,
        "a_end": 10.0,
        "b_start": 0.0,
        "b_end": 0.0,
    }
