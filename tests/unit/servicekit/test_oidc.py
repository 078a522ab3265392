"""Tokens of an issuer that the operator trusts, checked against the keys that it publishes."""

from __future__ import annotations

from collections.abc import Iterator

import jwt
import pytest

from services.servicekit.errors import SageError
from services.servicekit.identity import Scope
from services.servicekit.oidc import IssuerKeys, OidcVerifier
from tests.emulators.oidc_issuer import AUDIENCE, OidcIssuer


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer() -> Iterator[OidcIssuer]:
    with OidcIssuer().running() as issuer:
        yield issuer


@pytest.fixture
def verifier(issuer: OidcIssuer, clock: Clock) -> OidcVerifier:
    return verifier_of(issuer, clock)


def verifier_of(issuer: OidcIssuer, clock: Clock, claim: str = "sub") -> OidcVerifier:
    keys = IssuerKeys(issuer.jwks_url, clock=clock)
    return OidcVerifier(keys, issuer=issuer.url, audience=AUDIENCE, workspace_claim=claim)


async def test_a_token_leads_to_the_workspace_of_its_claim(
    issuer: OidcIssuer, clock: Clock
) -> None:
    verifier = verifier_of(issuer, clock, claim="team")
    ada = await verifier.verify(issuer.token(team="cutters"))
    bob = await verifier.verify(issuer.token(team="cutters", sub="bob"))
    eve = await verifier.verify(issuer.token(team="graders"))
    assert ada.workspace == bob.workspace != eve.workspace
    assert ada.session != bob.session
    assert (ada.scope, ada.external) == (Scope.USER, True)


async def test_no_claim_leads_to_a_workspace_of_sage_s_own(
    issuer: OidcIssuer, verifier: OidcVerifier
) -> None:
    for claim in ("anonymous", "0" * 32):
        assert (await verifier.verify(issuer.token(sub=claim))).workspace != claim


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody else"},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iss": "https://elsewhere.example"},
        {"sub": None},
        {"nbf": 2**40},
    ],
    ids=str,
)
async def test_a_token_for_others_proves_nothing(
    issuer: OidcIssuer, verifier: OidcVerifier, claims: dict[str, object]
) -> None:
    with pytest.raises(SageError) as refusal:
        await verifier.verify(issuer.token(**claims))
    assert refusal.value.reason_name == "UNAUTHENTICATED"


@pytest.mark.parametrize("value", [None, "", 7, ["cutters"]], ids=repr)
async def test_a_claim_that_is_no_text_leads_nowhere(
    issuer: OidcIssuer, clock: Clock, value: object
) -> None:
    with pytest.raises(SageError, match="its claim team holds no text"):
        await verifier_of(issuer, clock, claim="team").verify(issuer.token(team=value))


async def test_a_public_key_is_no_secret_to_sign_with(
    issuer: OidcIssuer, verifier: OidcVerifier
) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"kid": "first"})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})
    for token in (forged, unsigned, "no token", ""):
        with pytest.raises(SageError, match="not valid here"):
            await verifier.verify(token)


async def test_a_new_key_is_fetched_and_the_old_one_ends(
    issuer: OidcIssuer, verifier: OidcVerifier, clock: Clock
) -> None:
    before = issuer.token()
    await verifier.verify(before)
    issuer.rotate("second")
    clock.now += 11
    await verifier.verify(issuer.token())
    with pytest.raises(SageError, match="a key its issuer has not"):
        await verifier.verify(before)


async def test_unknown_keys_do_not_make_anybody_ask_again_and_again(
    issuer: OidcIssuer, verifier: OidcVerifier
) -> None:
    known = issuer.token()
    await verifier.verify(known)
    asked = issuer.asked
    issuer.rotate("unknown to them")
    for _ in range(20):
        with pytest.raises(SageError, match="a key its issuer has not"):
            await verifier.verify(issuer.token())
    assert issuer.asked == asked
    await verifier.verify(known)


async def test_an_issuer_that_is_away_is_no_fault_of_the_caller(
    issuer: OidcIssuer, verifier: OidcVerifier, clock: Clock
) -> None:
    token = issuer.token(exp=2**40)
    issuer.away = True
    with pytest.raises(SageError) as refusal:
        await verifier.verify(token)
    assert refusal.value.reason_name == "DEPENDENCY_UNAVAILABLE"
    issuer.away = False
    clock.now += 11
    await verifier.verify(token)
    issuer.away = True
    clock.now += 3000
    await verifier.verify(token)
    clock.now += 601
    with pytest.raises(SageError, match="cannot be read at the moment"):
        await verifier.verify(token)
