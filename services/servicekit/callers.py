"""Who a token is of: SAGE's own, or those of an issuer that the operator trusts."""

from __future__ import annotations

import jwt

from services.servicekit.identity import Identity
from services.servicekit.oidc import IssuerKeys, OidcVerifier
from services.servicekit.settings import ServiceSettings
from services.servicekit.tokens import TokenVerifier


class Callers:
    """Finds out who is calling. trusted: another issuer; None when there is none."""

    def __init__(self, own: TokenVerifier, trusted: OidcVerifier | None = None) -> None:
        self._own = own
        self._trusted = trusted

    @classmethod
    def of(cls, settings: ServiceSettings) -> Callers:
        """Raises StateError when the file of public keys holds none."""
        trusted = None
        if settings.oidc_issuer is not None and settings.oidc_jwks_url is not None:
            trusted = OidcVerifier(
                IssuerKeys(settings.oidc_jwks_url),
                issuer=settings.oidc_issuer,
                audience=settings.oidc_audience,
                workspace_claim=settings.oidc_workspace_claim,
            )
        return cls(TokenVerifier(settings.jwks_file), trusted)

    async def identify(self, token: str) -> Identity:
        """Raises SageError(UNAUTHENTICATED, DEPENDENCY_UNAVAILABLE)."""
        if self._trusted is not None and _issuer(token) == self._trusted.issuer:
            return await self._trusted.verify(token)
        return self._own.verify(token)


def _issuer(token: str) -> object:
    """What the token says, without any proof."""
    try:
        return jwt.decode(token, options={"verify_signature": False}).get("iss")
    except (jwt.InvalidTokenError, ValueError):
        return None
