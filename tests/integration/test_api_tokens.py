"""API tokens and tokens of another issuer, through the gateway, at every service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from services.servicekit.signing_keys import rotate_signing_key
from tests.fixtures.owners import Owners

pytestmark = pytest.mark.xdist_group("stack")

# One method that reads in each service.
READS = ("/v1/videos", "/v1/embeddingTasks", "/v1/comparisons", "/v1/apiTokens")
_REVOKED_WITHIN_SECONDS = 8.0
_KNOWN_AFTER_SECONDS = 4.0


@pytest.fixture(scope="module")
def web(owners: Owners) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=owners.stack.url, timeout=30) as web:
        yield web


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def create(web: httpx.Client, headers: dict[str, str], scope: str, **fields: Any) -> dict[str, Any]:
    request = {"display_name": f"for {scope}", "scope": scope, **fields}
    answer = web.post("/v1/apiTokens", json=request, headers=headers)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def reason(answer: httpx.Response) -> str:
    return str(answer.json()["details"][0]["reason"])


def test_a_token_for_reading_reads_everywhere_and_changes_nothing(
    owners: Owners, web: httpx.Client
) -> None:
    reading = bearer(create(web, owners.headers("ada"), "SCOPE_READ")["token"])
    assert [web.get(path, headers=reading).status_code for path in READS] == [200] * len(READS)
    for path in ("/v1/uploads", "/v1/embeddingTasks", "/v1/comparisons"):
        body = {
            "/v1/uploads": {"display_name": "a", "size_bytes": "1"},
            "/v1/embeddingTasks": {"video": "videos/a"},
            "/v1/comparisons": {"a": "videos/a", "b": "videos/b", "display_name": "a"},
        }[path]
        refused = web.post(path, json=body, headers=reading)
        assert (refused.status_code, reason(refused)) == (403, "SCOPE_INSUFFICIENT")


def test_a_token_for_writing_lets_nobody_else_in(owners: Owners, web: httpx.Client) -> None:
    writing = bearer(create(web, owners.headers("ada"), "SCOPE_WRITE")["token"])
    upload = web.post("/v1/uploads", json={"display_name": "a", "size_bytes": 1}, headers=writing)
    assert upload.status_code == 200
    web.post(f"/v1/{upload.json()['name']}:abort", json={}, headers=writing)
    for refused in (
        web.post(
            "/v1/apiTokens", json={"display_name": "b", "scope": "SCOPE_READ"}, headers=writing
        ),
        web.post("/v1/sessions:linkApiKey", json={"twelvelabs_api_key": "k"}, headers=writing),
        web.delete("/v1/sessions/current?delete_data=true", headers=writing),
    ):
        assert (refused.status_code, reason(refused)) == (403, "SCOPE_INSUFFICIENT")
        assert "takes a session" in refused.json()["message"]


def test_tokens_are_listed_without_their_secrets_page_by_page(
    owners: Owners, web: httpx.Client
) -> None:
    made = [create(web, owners.headers("lists"), "SCOPE_READ")["name"] for _ in range(3)]
    first = web.get("/v1/apiTokens?page_size=2", headers=owners.headers("lists")).json()
    after = first["nextPageToken"]
    last = web.get(f"/v1/apiTokens?page_token={after}", headers=owners.headers("lists")).json()
    listed = first["apiTokens"] + last["apiTokens"]
    assert [token["name"] for token in listed] == made[::-1]
    assert {token["token"] for token in listed} == {""}
    assert web.get(f"/v1/{made[0]}", headers=owners.headers("lists")).json() == listed[-1]


def test_a_token_says_who_it_is_and_how_long(owners: Owners, web: httpx.Client) -> None:
    made = create(web, owners.headers("ada"), "SCOPE_READ", ttl="3600s")
    own = web.get("/v1/sessions/current", headers=bearer(made["token"])).json()
    ada = web.get("/v1/sessions/current", headers=owners.headers("ada")).json()
    assert own["workspace"] == ada["workspace"]
    assert own["expireTime"] == made["expireTime"]
    assert own["accessToken"] == ""


def test_a_revoked_token_is_refused_everywhere_within_seconds(
    owners: Owners, web: httpx.Client
) -> None:
    made = create(web, owners.headers("ada"), "SCOPE_READ")
    assert web.delete(f"/v1/{made['name']}", headers=owners.headers("ada")).status_code == 200
    until = time.monotonic() + _REVOKED_WITHIN_SECONDS
    waiting = set(READS)
    while waiting:
        assert time.monotonic() < until, f"still let in: {waiting}"
        for path in sorted(waiting):
            if web.get(path, headers=bearer(made["token"])).status_code == 401:
                waiting.remove(path)
        time.sleep(0.1)
    gone = web.get(f"/v1/{made['name']}", headers=owners.headers("ada"))
    assert (gone.status_code, reason(gone)) == (404, "NOT_FOUND")


def test_a_new_signing_key_needs_no_restart_and_ends_nothing(
    owners: Owners, web: httpx.Client
) -> None:
    before = owners.stack.sign_in()
    keys = owners.stack.home / "keys"
    rotate_signing_key(
        keys / "token-signing-key.pem", keys / "jwks.json", known_after=_KNOWN_AFTER_SECONDS
    )
    after = owners.stack.sign_in()
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    for token in (before, after):
        assert [web.get(path, headers=bearer(token)).status_code for path in READS] == [200] * 4


def test_a_token_in_a_url_opens_nothing(owners: Owners, web: httpx.Client) -> None:
    for token in (owners.bearer("ada"), owners.stack.sign_in()):
        refused = web.get(f"/v1/videos?access_token={token}")
        assert (refused.status_code, reason(refused)) == (401, "UNAUTHENTICATED")


def test_somebody_of_another_issuer_has_a_workspace_of_their_own(
    owners: Owners, web: httpx.Client
) -> None:
    upload = {"display_name": "ada's", "size_bytes": 1}
    name = web.post("/v1/uploads", json=upload, headers=owners.headers("ada")).json()["name"]
    assert web.get(f"/v1/{name}", headers=owners.headers("ada")).status_code == 200
    assert web.get(f"/v1/{name}", headers=owners.headers("bob")).status_code == 404
    assert web.get("/v1/engines", headers=owners.headers("ada")).status_code == 200
    web.post(f"/v1/{name}:abort", json={}, headers=owners.headers("ada"))


@pytest.mark.parametrize(
    "claims", [{"aud": "somebody else"}, {"exp": 1}, {"iss": "https://elsewhere.example"}], ids=str
)
def test_what_the_issuer_says_to_others_opens_nothing(
    owners: Owners, web: httpx.Client, claims: dict[str, Any]
) -> None:
    refused = web.get("/v1/videos", headers=bearer(owners.issuer.token(team="ada", **claims)))
    # Envoy calls it forbidden when the token is good, but for somebody else.
    assert refused.status_code in (401, 403)
    assert reason(refused) == "UNAUTHENTICATED"
