"""The address people reach the app at: what can be written, and what follows from it."""

import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.address import Address, is_loopback, on_this_machine, read_address

LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.one_of(
    st.lists(LABELS, min_size=1, max_size=4).map(".".join),
    st.ip_addresses(v=4).filter(lambda one: not one.is_unspecified).map(str),
    st.ip_addresses(v=6).filter(lambda one: not one.is_unspecified).map("[{}]".format),
)
ADDRESSES = st.builds(Address, st.sampled_from(["http", "https"]), HOSTS, st.integers(1, 65_535))


@pytest.mark.parametrize(
    ("text", "address", "origin", "hosts"),
    [
        (
            "https://handshake.example.com",
            Address("https", "handshake.example.com", 443),
            "https://handshake.example.com",
            ("handshake.example.com", "handshake.example.com:443"),
        ),
        (
            "HTTPS://Handshake.Example.com:8443",
            Address("https", "handshake.example.com", 8443),
            "https://handshake.example.com:8443",
            ("handshake.example.com:8443",),
        ),
        ("http://localhost:80", Address("http", "localhost", 80), "http://localhost", ("localhost", "localhost:80")),
        ("http://[0::1]:8501", Address("http", "[::1]", 8501), "http://[::1]:8501", ("[::1]:8501",)),
        ("https://crm", Address("https", "crm", 443), "https://crm", ("crm", "crm:443")),
    ],
)
def test_scheme_host_and_port_say_what_browsers_send(
    text: str, address: Address, origin: str, hosts: tuple[str, ...]
) -> None:
    read = read_address(text)

    assert read == address
    assert (address.origin, address.hosts) == (origin, hosts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "handshake.example.com",
        "//handshake.example.com",
        "ftp://handshake.example.com",
        "https://",
        "https://handshake.example.com/",
        "https://handshake.example.com/app",
        "https://handshake.example.com?a",
        "https://handshake.example.com#a",
        "https://user@handshake.example.com",
        "https://user:secret@handshake.example.com",
        "https://handshake.example.com:",
        "https://handshake.example.com:0",
        "https://handshake.example.com:0443",
        "https://handshake.example.com:65536",
        "https://handshake.example.com:https",
        "https://handshake.example.com.",
        "https://.example.com",
        "https://hand..shake",
        "https://-handshake.example.com",
        "https://*.example.com",
        "https://hand_shake.example.com",
        "https://händschlag.example.com",
        "https://handshake.example.com\n",
        " https://handshake.example.com",
        "https://127.1",
        "https://0x7f000001",
        "https://2130706433",
        "https://0.0.0.0",
        "https://[::]",
        "https://::1",
        "https://[127.0.0.1]",
        "https://[::1%eth0]",
        f"https://{'a' * 64}.example.com",
        f"https://{'a.' * 127}aa",
    ],
)
def test_what_no_browser_would_send_or_reach_is_no_address(text: str) -> None:
    assert read_address(text) is None


@given(address=ADDRESSES)
def test_an_address_is_read_back_from_its_origin_and_from_each_host(address: Address) -> None:
    assert read_address(address.origin) == address
    assert {read_address(f"{address.scheme}://{host}") for host in address.hosts} == {address}


@given(text=st.text(st.sampled_from(string.printable + "é。")), address=ADDRESSES)
def test_nothing_can_be_put_behind_or_before_an_address(text: str, address: Address) -> None:
    for changed in (address.origin + text, text + address.origin):
        read = read_address(changed)

        assert read is None or changed.lower() in (f"{read.scheme}://{host}" for host in read.hosts)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]"]
)
def test_the_machine_itself_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "localhost.", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0", "::", "192.168.0.7", "crm"],  # noqa: S104
)
def test_whatever_others_reach_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@given(number=st.ip_addresses(v=4))
def test_ipv4_inside_ipv6_is_as_loopback_as_it_is_outside(number: ipaddress.IPv4Address) -> None:
    assert is_loopback(f"::ffff:{number}") == is_loopback(str(number)) == number.is_loopback


def test_a_server_on_this_machine_has_three_names() -> None:
    origins = [address.origin for address in on_this_machine("http", 8501)]

    assert origins == ["http://127.0.0.1:8501", "http://localhost:8501", "http://[::1]:8501"]
