"""The network of the local engine, as package data; see README.md for where it comes from."""

from __future__ import annotations

from pathlib import Path

MODEL_FILE = Path(__file__).with_name("efficientnet_lite0.onnx")
