"""By which fields the lists of embed are filtered and ordered."""

from __future__ import annotations

from sqlalchemy import Float, cast

from services.embed.adapters.schema import embeddings, sessions, tasks
from services.embed.tasks.task_state import State
from services.servicekit.identity import Scope
from services.servicekit.listing import table
from services.servicekit.listing.table import ListTable

TASKS = ListTable(
    "embeddingTasks",
    tasks.c.id,
    {
        "video": table.name(tasks.c.video["name"].as_string()),
        "video_display_name": table.text(tasks.c.video["display_name"].as_string()),
        "engine": table.name(tasks.c.engine),
        "segment_duration": table.duration(cast(tasks.c.segment_ms, Float) / 1000.0),
        "state": table.choice(tasks.c.state, {f"STATE_{state}": state.value for state in State}),
        "progress": table.number(tasks.c.progress),
        "attempt": table.integer(tasks.c.attempt),
        "embedding": table.name(tasks.c.embedding),
        "create_time": table.time(tasks.c.created_at),
        "start_time": table.time(tasks.c.started_at),
        "end_time": table.time(tasks.c.ended_at),
    },
)

EMBEDDINGS = ListTable(
    "embeddings",
    embeddings.c.id,
    {
        "video": table.name(embeddings.c.video),
        "video_sha256": table.name(embeddings.c.sha256),
        "engine": table.name(embeddings.c.engine),
        "model": table.name(embeddings.c.model),
        "segment_duration": table.duration(cast(embeddings.c.segment_ms, Float) / 1000.0),
        "duration": table.duration(embeddings.c.duration),
        "create_time": table.time(embeddings.c.created_at),
    },
)

API_TOKENS = ListTable(
    "apiTokens",
    sessions.c.id,
    {
        "display_name": table.text(sessions.c.display_name),
        "scope": table.choice(
            sessions.c.scope,
            {"SCOPE_READ": Scope.READ.value, "SCOPE_WRITE": Scope.WRITE.value},
        ),
        "create_time": table.time(sessions.c.created_at),
        "expire_time": table.time(sessions.c.expires_at),
    },
)
