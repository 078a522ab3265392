"""Writes docs/settings.md from the settings classes: `python -m deploy.settings_reference`."""

from __future__ import annotations

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from deploy.embedded.settings import EmbeddedSettings
from gateway.settings import GatewaySettings
from services.compare.settings import CompareSettings
from services.embed.settings import EmbedSettings
from services.ingest.settings import IngestSettings
from services.servicekit.settings import OidcSettings, ServiceSettings, StoreSettings

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "settings.md"

_INTRODUCTION = """# Settings

Every setting is an environment variable. `python -m deploy.settings_reference` makes this page.
Credentials of the object store come from the usual AWS variables and files.
"""
_SECTIONS: tuple[tuple[str, type[BaseSettings]], ...] = (
    ("OpenID Connect (every service, gateway)", OidcSettings),
    ("Every service", ServiceSettings),
    ("Object store (ingest, embed)", StoreSettings),
    ("ingest", IngestSettings),
    ("embed", EmbedSettings),
    ("compare", CompareSettings),
    ("gateway", GatewaySettings),
    ("One machine (`make run`)", EmbeddedSettings),
)


def settings_reference() -> str:
    """The page: a table for each class, with the settings that the ones before do not have."""
    parts = [_INTRODUCTION]
    shared: set[str] = set()
    for title, settings in _SECTIONS:
        fields = {
            name: field for name, field in settings.model_fields.items() if name not in shared
        }
        if settings in (OidcSettings, ServiceSettings, StoreSettings):
            shared |= fields.keys()
        rows = [_row(name, field) for name, field in fields.items()]
        parts.append(
            "\n".join(
                (f"## {title}\n", "| name | default | what it does |", "|---|---|---|", *rows)
            )
        )
    return "\n\n".join(parts).replace("\n\n\n", "\n\n") + "\n"


def _row(name: str, field: FieldInfo) -> str:
    return f"| `SAGE_{name.upper()}` | {_default(field)} | {field.description or ''} |"


def _default(field: FieldInfo) -> str:
    default = field.default
    if default is PydanticUndefined or default is None or default == ():
        return ""
    if isinstance(default, Path) and default.is_absolute():
        return f"`{default.relative_to(ROOT)}`" if default.is_relative_to(ROOT) else ""
    return f"`{default}`"


if __name__ == "__main__":
    FILE.write_text(settings_reference())
