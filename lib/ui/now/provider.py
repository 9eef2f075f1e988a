"""Where people sign in, as Streamlit's own sign-in is told, and what it brings back: only this knows its cookies."""

import json
from collections.abc import Mapping
from typing import Any

from streamlit import user_info
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib.app.access.afresh import AFRESH
from lib.config.sign_in import SignIn
from lib.core.errors import ConfigRefused, Fault

LEAST_CHARACTERS = 32


def secrets(settings: SignIn, origin: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What Streamlit's sign-in takes from its secrets, of `settings` and the environment.

    Each provider is there twice: the second time it asks people to prove anew who they are.
    Raises ConfigRefused for variables that are not set, and a cookie secret that could be guessed.
    """
    if not settings.providers:
        return {}
    faults: list[Fault] = []

    def of_variable(name: str, what: str, least: int) -> str:
        value = environment.get(name, "").strip()
        if not value:
            faults.append(Fault(f"variable {name}", "is not set", f"Set it to {what}."))
        elif len(value) < least:
            faults.append(Fault(f"variable {name}", f"is shorter than {least} characters", f"Set it to {what}."))
        return value

    cookie = of_variable(settings.secret_variable or "", "what `openssl rand -hex 32` gives", LEAST_CHARACTERS)
    auth: dict[str, Any] = {"redirect_uri": f"{origin}/oauth2callback", "cookie_secret": cookie}
    for name, provider in settings.providers.items():
        section = {
            "client_id": provider.client_id,
            "client_secret": of_variable(provider.secret_variable, f"the client secret that {name} gave", 1),
            "server_metadata_url": provider.metadata,
        }
        auth[name] = section
        # Among `client_kwargs` these would be dropped without a word.
        auth[f"{name}{AFRESH}"] = {**section, "authorize_params": {"prompt": "login", "max_age": "0"}}
    if faults:
        raise ConfigRefused(faults)
    return {"auth": auth}


def login_path(name: str) -> str:
    """Where the browser goes to sign in with that provider; good for two minutes."""
    return user_info.generate_login_redirect_url(name)


def claims_in(cookies: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    """The provider's name and the claims of its ID token, in the cookies that Streamlit would set after a sign-in."""

    def signed(name: str) -> bytes | None:
        written = cookies.get(name)
        return None if written is None else decode_signed_value(get_cookie_secret(), name, written)

    found = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    if found is None:
        return None
    claims: dict[str, Any] = json.loads(found)
    return str(claims.get("provider", "")), claims


def is_of_sign_in(cookie: str) -> bool:
    """Whether a cookie of that name is Streamlit's own word for who signed in, which is good for 30 days."""
    return cookie == USER_COOKIE_NAME or cookie.startswith(f"{USER_COOKIE_NAME}_")
