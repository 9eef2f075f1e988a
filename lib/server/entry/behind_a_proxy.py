"""A proxy that signs people in: what it says in its header counts of the peers that are named, and of nobody else."""

from collections.abc import Mapping
from ipaddress import ip_address

from starlette.types import Scope

from lib.config.sign_in import Proxy, SignIn
from lib.core.access.claims import vouched_for
from lib.core.access.people import Identity, SignedIn
from lib.core.errors import ConfigRefused, Fault

BELIEVED = "FORWARDED_ALLOW_IPS"
"""Of these peers uvicorn believes X-Forwarded-For; this machine, where nothing is said."""


def check_peers(settings: SignIn, environment: Mapping[str, str]) -> None:
    """Raises ConfigRefused where a proxy is to be believed and the server would take its peers' word for who they are.

    The server reads the variable before any code of ours.
    """
    if settings.proxy is not None and environment.get(BELIEVED) != "":
        what = "is not set to nothing: who connects from this machine could say in X-Forwarded-For which peer it is"
        raise ConfigRefused(
            Fault(f"variable {BELIEVED}", what, f"Start the app with `{BELIEVED}= streamlit run app.py`.")
        )


def said_by(proxy: Proxy, scope: Scope) -> SignedIn | None:
    """Who the proxy says asks; None where another peer says it, or nobody, or it is said twice."""
    caller = scope.get("client")
    names = [value for name, value in scope["headers"] if name.lower() == proxy.header.lower().encode()]
    if caller is None or len(names) != 1:
        return None
    try:
        peer = ip_address(caller[0])
    except ValueError:
        return None
    name = names[0].decode("latin-1").strip()
    if not name or not any(peer in net for net in proxy.peers):
        return None
    email = name if vouched_for(name, proxy.emails) else None
    return SignedIn(Identity(f"proxy:{proxy.header.lower()}", name), name, email)
