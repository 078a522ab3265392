from __future__ import annotations

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from deploy.embedded.settings import EmbeddedSettings
from gateway.settings import GatewaySettings
from services.embed.settings import EmbedSettings
from services.ingest.settings import IngestSettings
from services.servicekit.settings import StoreSettings

ALL = (StoreSettings, IngestSettings, EmbedSettings, EmbeddedSettings, GatewaySettings)
UNSETTABLE = [
    (settings, name)
    for settings in ALL
    for name, field in settings.model_fields.items()
    if field.default is None
]


@pytest.mark.parametrize(
    ("settings", "name"), UNSETTABLE, ids=[f"{s.__name__}.{name}" for s, name in UNSETTABLE]
)
def test_an_empty_variable_is_as_good_as_none(
    monkeypatch: pytest.MonkeyPatch, settings: type[BaseSettings], name: str
) -> None:
    monkeypatch.setenv(f"SAGE_{name.upper()}", "")
    assert getattr(settings(), name) is None


def test_what_is_given_is_taken_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_ANONYMOUS_WORKSPACE", "studio-1")
    assert EmbedSettings().anonymous_workspace == "studio-1"
    monkeypatch.setenv("SAGE_ANONYMOUS_WORKSPACE", "Not a name")
    with pytest.raises(ValidationError):
        EmbedSettings()
