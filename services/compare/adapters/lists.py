"""By which fields the lists of compare are filtered and ordered."""

from __future__ import annotations

from services.compare.adapters.schema import comparisons, share_links
from services.compare.saved.comparison import Status
from services.servicekit.listing import table
from services.servicekit.listing.table import ListTable

COMPARISONS = ListTable(
    "comparisons",
    comparisons.c.id,
    {
        "a": table.name(comparisons.c.a),
        "b": table.name(comparisons.c.b),
        "display_name": table.text(comparisons.c.display_name),
        "status": table.choice(
            comparisons.c.status, {f"STATUS_{status}": status.value for status in Status}
        ),
        "note_count": table.integer(comparisons.c.note_count),
        "reviewed_count": table.integer(comparisons.c.reviewed_count),
        "ignored_count": table.integer(comparisons.c.ignored_count),
        "create_time": table.time(comparisons.c.created_at),
        "update_time": table.time(comparisons.c.updated_at),
    },
)

SHARE_LINKS = ListTable(
    "shareLinks",
    share_links.c.id,
    {
        "display_name": table.text(share_links.c.display_name),
        "expire_time": table.time(share_links.c.expires_at),
        "create_time": table.time(share_links.c.created_at),
    },
)
