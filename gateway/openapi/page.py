"""The OpenAPI document as one page for people: no script, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from gateway.openapi.rules import Schema

_REFERENCE = "#/components/schemas/"
_CODE = re.compile(r"`([^`]+)`")
# Keywords that say which values are taken, in the order in which the page tells them.
_LIMITS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches {}",
}


def page(api: Schema) -> str:
    """The page of an OpenAPI document that this package wrote."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(text=_text, kind=_kind, limits=_limits)
    components = api["components"]
    return environment.get_template("page.html.j2").render(
        api=api,
        groups=[(tag, _operations(api, tag["name"])) for tag in api["tags"]],
        reasons=components["schemas"]["ErrorReason"]["x-sage-reasons"],
        schemas={
            name: schema for name, schema in components["schemas"].items() if name != "ErrorReason"
        },
    )


def _operations(api: Schema, tag: str) -> list[tuple[str, str, Schema]]:
    """Verb, path and content of each operation of a group."""
    return [
        (verb.upper(), path, operation)
        for path, verbs in api["paths"].items()
        for verb, operation in verbs.items()
        if tag in operation["tags"]
    ]


def _text(text: str) -> Markup:
    """Paragraphs, lists and code of a comment as HTML."""
    html = Markup()
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("- "):
            items = [_line(item.removeprefix("- ")) for item in paragraph.split("\n")]
            html += Markup("<ul>{}</ul>").format(
                Markup().join(Markup("<li>{}</li>").format(item) for item in items)
            )
        else:
            html += Markup("<p>{}</p>").format(_line(paragraph))
    return html


def _line(text: str) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped before


def _kind(schema: Schema) -> Markup:
    """What a value is, with a link to its schema."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(_REFERENCE)
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if schema.get("type") == "array":
        return Markup("list of {}").format(_kind(schema["items"]))
    if isinstance(schema.get("additionalProperties"), dict):
        return Markup("map to {}").format(_kind(schema["additionalProperties"]))
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    kinds: list[Any] = [schema.get("type", "any")]
    kinds += [schema[key] for key in ("format", "contentEncoding") if key in schema]
    return Markup(", ").join(kinds)


def _limits(schema: Schema) -> Markup:
    """Which values are taken."""
    parts = [
        escape(template).format(
            Markup("<code>{}</code>").format(schema[key]) if key == "pattern" else schema[key]
        )
        for key, template in _LIMITS.items()
        if key in schema
    ]
    if "not" in schema:
        parts.append(Markup("not <code>{}</code>").format(schema["not"]["const"]))
    return Markup(", ").join(parts)
