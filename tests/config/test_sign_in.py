"""app.yaml's `sign_in`: who may vouch for people."""

from ipaddress import ip_network

import pytest

from lib.config.app import read_app
from lib.config.sign_in import Proxy, SignIn
from lib.core.access.claims import Provider
from lib.core.errors import ConfigRefused

COMPANY = """
sign_in:
  cookie_secret_variable: COOKIE
  hours: 8
  providers:
    company:
      metadata: https://id.example.com/.well-known/openid-configuration
      client_id: handshake
      client_secret_variable: CLIENT
      emails: [example.com, example.org]
      groups: roles
"""
BEHIND = "sign_in: {proxy: {header: X-Forwarded-Email, peers: [10.0.0.5, 10.1.0.0/16], emails: example.com}}"


def test_a_provider_is_named_with_whose_e_mails_its_word_counts_for() -> None:
    metadata = "https://id.example.com/.well-known/openid-configuration"
    company = Provider("company", metadata, "handshake", "CLIENT", ("example.com", "example.org"), "roles")

    assert read_app(COMPANY, "app.yaml").sign_in == SignIn("COOKIE", 8, {"company": company})


def test_a_proxy_is_believed_of_the_peers_named() -> None:
    peers = ip_network("10.0.0.5/32"), ip_network("10.1.0.0/16")

    assert read_app(BEHIND, "app.yaml").sign_in == SignIn(proxy=Proxy("X-Forwarded-Email", peers, ("example.com",)))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  cookie_secret_variable: COOKIE\n", "", "sign_in: 'cookie_secret_variable' is missing."),
        ("COOKIE", "hunter2-hunter2", "'cookie_secret_variable' is no name of an environment variable."),
        ("CLIENT", "hunter2-hunter2", "'client_secret_variable' is no name of an environment variable."),
        ("https://id.example.com", "http://id.example.com", "is no https address."),
        ("    company:", "    our_company:", "'our_company' is no name of a provider."),
        ("[example.com, example.org]", "[ana@example.com]", "'ana@example.com' is no domain of e-mail addresses."),
        ("hours: 8", "hours: 0", "'hours' is 0."),
        ("      client_id: handshake\n", "", "company: 'client_id' is missing."),
        ("sign_in:\n", "sign_in:\n  proxy: {header: X, peers: 10.0.0.5}\n", "not exactly one of providers and proxy"),
    ],
)
def test_a_sign_in_that_cannot_be_meant_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_app(COMPANY.replace(old, new), "app.yaml")

    assert fault in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("10.0.0.5", "10.0.0.500", "'10.0.0.500' is no address of a machine or net."),
        ("10.1.0.0/16", "10.1.0.1/16", "'10.1.0.1/16' is no address of a machine or net."),
        ("X-Forwarded-Email", "X_Forwarded", "'X_Forwarded' is no name of a header."),
        ("peers: [10.0.0.5, 10.1.0.0/16], ", "", "proxy: 'peers' is missing."),
    ],
)
def test_a_proxy_that_cannot_be_meant_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_app(BEHIND.replace(old, new), "app.yaml")

    assert fault in str(refused.value)
