"""What a provider's word is worth: who signed in, by the claims of an ID token whose signature was checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lib.core.access.people import Identity, SignedIn
from lib.core.errors import Fault, Refused
from lib.core.folding import fold

ANY = "*"


class NotLetIn(Refused):
    """Somebody who may not come in."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people sign in: `emails` are the domains whose addresses it may vouch for (`*`: any), `groups` the claim
    that names somebody's groups."""

    name: str
    metadata: str
    client_id: str
    secret_variable: str
    emails: tuple[str, ...] = ()
    groups: str | None = None


def signed_in(provider: Provider, claims: Mapping[str, object]) -> SignedIn:
    """Who signed in there.

    Their e-mail counts where the provider says it is verified and may vouch for its domain. Raises
    NotLetIn where the claims name nobody.
    """
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or not issuer or not isinstance(subject, str) or not subject:
        what = f"{provider.name} does not say who signed in"
        raise NotLetIn(Fault("sign-in", what, "Ask whoever runs it for the claims 'iss' and 'sub'."))
    name = claims.get("name")
    return SignedIn(
        Identity(issuer, subject),
        name if isinstance(name, str) else "",
        _email(provider, claims),
        _groups(provider, claims),
    )


def auth_time(claims: Mapping[str, object]) -> int | None:
    """When they last proved who they are (seconds since 1970), None where the provider does not say."""
    at = claims.get("auth_time")
    return int(at) if isinstance(at, int | float) and not isinstance(at, bool) else None


def _email(provider: Provider, claims: Mapping[str, object]) -> str | None:
    email = claims.get("email")
    # Some providers write it as a text.
    verified = claims.get("email_verified") is True or claims.get("email_verified") == "true"
    return email if isinstance(email, str) and verified and vouched_for(email, provider.emails) else None


def vouched_for(email: str, domains: Collection[str]) -> bool:
    """Is it an e-mail of one of the domains?"""
    name, at, domain = email.partition("@")
    return bool(name and at) and "@" not in domain and (ANY in domains or fold(domain) in map(fold, domains))


def _groups(provider: Provider, claims: Mapping[str, object]) -> tuple[str, ...]:
    named = claims.get(provider.groups) if provider.groups is not None else None
    if isinstance(named, str):
        return (named,)
    return tuple(one for one in named if isinstance(one, str)) if isinstance(named, list) else ()
