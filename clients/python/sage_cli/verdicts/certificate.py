"""A verdict as one page to print or to keep: complete in itself, no scripts, nothing loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from sage_cli.policy.verdict import RuleResult, Span
from sage_cli.report import timecode
from sage_cli.verdicts.checked import Checked, CheckedFile
from sage_cli.verdicts.text import headline

_STYLE = """
@page { size: A4; margin: 16mm; }
:root { color-scheme: light; }
body { font: 10.5pt/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 178mm;
  margin: 12mm auto; padding: 0 6mm; overflow-wrap: anywhere; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
h1 { font-size: 18pt; margin: 0; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 1.2mm 3mm 1.2mm 0;
  border-bottom: .2mm solid #bbb; }
th { font-weight: 600; white-space: nowrap; }
tr, li { break-inside: avoid; }
.verdict { border: .6mm solid; padding: 3mm 5mm; margin: 5mm 0; font-weight: 600; }
.passed { color: #0a5c2b; }
.failed { color: #a11212; }
code, pre { font: 9pt/1.4 ui-monospace, monospace; }
pre { border: .2mm solid #bbb; padding: 3mm; white-space: pre-wrap; }
ul { margin: 1mm 0; padding-left: 5mm; }
footer { margin-top: 8mm; color: #555; font-size: 9pt; }
"""


def to_certificate(checked: Checked) -> str:
    """A whole HTML document, whose content policy lets nothing run or load."""
    word = "passed" if checked.verdict.passed else "failed"
    title = f"Check of {checked.b.label} against {checked.a.label}: {word}"
    similarity = checked.similarity_percent
    facts = [
        ("Date", f"{checked.date:%Y-%m-%d %H:%M:%S} UTC"),
        ("Similarity", "not told" if similarity is None else f"{similarity:.1f} %"),
        ("Engine", checked.engine),
        ("Model", checked.model),
        *checked.settings.items(),
        ("Version of sage", checked.version),
    ]
    notes = "".join(f"<li>{escape(note)}</li>" for note in checked.notes)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Certificate of comparison</h1>
<p class="verdict {word}">{escape(headline(checked))}</p>
<h2>Files</h2>
{_files(checked)}
<h2>Rules</h2>
<table>
<tr><th>Result</th><th>Rule</th></tr>
{_lines(_rule(rule) for rule in checked.verdict.rules)}
</table>
{f"<h2>Notes</h2><ul>{notes}</ul>" if notes else ""}
<h2>Comparison</h2>
<table>
{_lines(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts)}
</table>
<h2>Policy</h2>
<p>{escape(checked.policy.path)}, SHA-256 <code>{checked.policy.sha256}</code></p>
<pre>{escape(checked.policy.text)}</pre>
<footer>The SHA-256 of a file tells whether it is the one that was checked.</footer>
</body>
</html>
"""


def _files(checked: Checked) -> str:
    rows: list[tuple[str, Callable[[CheckedFile], str]]] = [
        ("File", lambda file: escape(file.label)),
        ("SHA-256", lambda file: f"<code>{escape(file.sha256)}</code>"),
        ("Length", lambda file: timecode(file.seconds)),
        ("Size", lambda file: f"{file.size_bytes:,} bytes"),
        ("On the server", lambda file: escape(file.video)),
    ]
    cells = _lines(
        f"<tr><th>{name}</th><td>{value(checked.a)}</td><td>{value(checked.b)}</td></tr>"
        for name, value in rows
    )
    return f"<table>\n<tr><th></th><th>A</th><th>B</th></tr>\n{cells}\n</table>"


def _rule(rule: RuleResult) -> str:
    word = "passed" if rule.passed else "failed"
    found = "".join(
        f"<li>{escape(violation.message)}{_places(violation.a, violation.b)}</li>"
        for violation in rule.violations
    )
    violations = f"<ul>{found}</ul>" if found else ""
    return (
        f'<tr><td class="{word}">{word}</td>'
        f"<td>{escape(rule.statement)} <code>{escape(rule.key)}</code>{violations}</td></tr>"
    )


def _places(a: Span | None, b: Span | None) -> str:
    places = [f"{side} {span}" for side, span in (("A", a), ("B", b)) if span is not None]
    return f", <code>{escape(', '.join(places))}</code>" if places else ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)
