"""How the report looks, on a screen and on paper."""

from __future__ import annotations

from sage.compare.v1.compare_pb2 import RegionKind
from services.compare.export.document import kind_name
from services.compare.export.kinds import COLORS, UNCHANGED_COLOR

_STYLE = """
body{margin:0;background:#fff}
main{color-scheme:light;font:16px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff}
main{max-width:66rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.25rem 0 .5rem}
.kicker{color:#4a5565;margin:0 0 .25rem}
.verdict{font-size:1.25rem;font-weight:600;margin:.25rem 0 1rem}
.versions{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:1rem 0}
.version{border:1px solid #d8dde3;border-top:4px solid #1c2430;padding:.75rem 1rem;min-width:0}
.version h2{font-size:1rem;margin:0 0 .4rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.25rem;margin:0}
dt{color:#4a5565}dd{margin:0;min-width:0;overflow-wrap:anywhere}
.hash{font:.8rem/1.5 ui-monospace,monospace}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:#4a5565;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid #d8dde3}
td.n,th.n{text-align:right}
.code{display:block;color:#4a5565;font-size:.85rem}
.kind{border-left:.6rem solid;padding-left:.5rem;white-space:nowrap}
.mark{display:block;color:#4a5565;font-size:.85rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:.4rem 0 0;padding:0}
.notes{list-style:none;margin:0;padding:0}
.notes li{border-left:.25rem solid #d8dde3;margin:0 0 .75rem;padding:0 0 0 .75rem}
.notes p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}.notes .who{color:#4a5565}
svg{width:100%;height:auto}.wide{overflow-x:auto}
@media (max-width:40rem){.versions{grid-template-columns:1fr}}
@page{margin:15mm}
@media print{main{margin:0;max-width:none;padding:0;font-size:10pt}
tr,.notes li,.version{break-inside:avoid}h2,caption{break-after:avoid}
thead{display:table-header-group}.wide{overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def style() -> str:
    """The style sheet: fixed rules, and a colour for each kind."""
    kinds = "\n".join(
        f".{kind_name(kind)}{{border-color:{color.hex}}}" for kind, color in COLORS.items()
    )
    plain = f".{kind_name(RegionKind.REGION_KIND_UNCHANGED)}{{border-color:{UNCHANGED_COLOR}}}"
    return f"{_STYLE}{kinds}\n{plain}\n"
