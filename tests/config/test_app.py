"""Where the app is, what it does by itself, and where the webhook's secret is kept."""

from pathlib import Path

import pytest

from lib.config.app import AppSettings, Backups, Sender, Webhook, read_app
from lib.core.address import Address
from lib.core.errors import ConfigRefused
from lib.core.funnel.money import Money

ROOT = Path(__file__).parents[2]


def test_everything_the_app_does_by_itself_can_be_said() -> None:
    text = """
        address: https://handshake.example.com
        backup: {every: 12h, keep: 3, folder: copies}
        route: {every: 15m}
        webhook: {secret_file: secret.txt, requests_per_minute: 5}
        money: {currency: EUR, rates: {USD: 0.92, JPY: 0.0061}}
    """

    assert read_app(text, "app.yaml") == AppSettings(
        Backups(12 * 3_600, 3, "copies"),
        900,
        Webhook(None, "secret.txt", 5),
        Money("EUR", {"USD": 0.92, "JPY": 0.0061}),
        address=Address("https", "handshake.example.com", 443),
    )


def test_what_is_left_out_is_not_done() -> None:
    assert read_app("", "app.yaml") == AppSettings(None, None, None, Money(None, {}))


def test_as_shipped_the_app_backs_up_every_day_and_hands_nobody_over_unasked() -> None:
    shipped = read_app((ROOT / "config" / "app.yaml").read_text(encoding="utf-8"), "app.yaml")

    assert shipped.backup == Backups(86_400, 7, "backups")
    assert shipped.route_every_seconds is None
    assert shipped.address is None
    assert shipped.webhook == Webhook(
        "HANDSHAKE_WEBHOOK_SECRET", None, 120, (Sender("crm", ("HANDSHAKE_WEBHOOK_CRM",)),)
    )


def test_a_sender_has_one_secret_or_two_in_variables_or_files() -> None:
    text = """
        webhook:
          requests_per_minute: 5
          senders:
            crm: {secret_variables: [CRM, CRM_NEXT]}
            web-2: {secret_variables: WEB, secret_files: /run/web}
    """

    assert read_app(text, "app.yaml").webhook == Webhook(
        None, None, 5, (Sender("crm", ("CRM", "CRM_NEXT")), Sender("web-2", ("WEB",), ("/run/web",)))
    )


@pytest.mark.parametrize(
    ("senders", "fault"),
    [
        ("{}", "'senders' names nobody."),
        ("{crm: {}}", "sender crm: it names 0 secrets."),
        ("{crm: {secret_variables: [A, B, C]}}", "sender crm: it names 3 secrets."),
        ("{crm: {secret_variables: hunter2-hunter2}}", "'secret_variables' is no name of an environment variable."),
        ("{'crm:eu': {secret_files: a}}", "'crm:eu' is no name of a sender."),
        ("{CRM: {secret_files: a}}", "'CRM' is no name of a sender."),
        ("{crm: {secret: a}}", "no key is called 'secret'."),
        ("[crm]", "'senders' is a list."),
        ("{crm: a, crm: b}", "'crm' is written twice"),
    ],
)
def test_a_sender_that_cannot_be_meant_is_refused(senders: str, fault: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_app(f"webhook: {{requests_per_minute: 5, senders: {senders}}}", "app.yaml")

    assert fault in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("money: {currency: €}", 1, ", money: '€' is no currency. Write its three capital letters: EUR, USD, JPY."),
        ("money: {rates: {USD: 1}}", 1, ", money: 'currency' is missing. Add it."),
        (
            "money: {currency: EUR, rates: {usd: 1}}",
            1,
            ", money: 'usd' is no currency. Write its three capital letters: EUR, USD, JPY.",
        ),
        ("money: {currency: EUR, rates: {USD: 0}}", 1, ", money: one USD is worth 0. Write more than 0."),
        ("money: {currency: EUR, rates: {EUR: 2}}", 1, ", money: one EUR is worth 2 EUR. Leave it out of the rates."),
        (
            "address: handshake.example.com",
            1,
            ": 'handshake.example.com' is no address people can reach the app at. Write scheme and host, and a port "
            "if need be: https://handshake.example.com.",
        ),
        ("address: https://handshake.example.com/app", 1, ": 'https://handshake.example.com/app' is no address"),
        ("address: [a, b]", 1, ": 'address' is a list."),
        (
            "address: http://handshake.example.com",
            1,
            ": at 'http://handshake.example.com' everybody on the way reads and changes what people send. "
            "Write https://,",
        ),
        ("bakcup: {}", 1, ": no key is called 'bakcup'. Did you mean 'backup'?"),
        ("backup: {every: 1d, keep: 7}", 1, ", backup: 'folder' is missing. Add it."),
        ("backup:\n  every: daily\n  keep: 7\n  folder: b", 2, ", backup: 'every' is 'daily', not a time."),
        ("backup:\n  every: 0h\n  keep: 7\n  folder: b", 2, ", backup: 'every' is '0h'. Write more than 0"),
        ("backup:\n  every: 1d\n  keep: 0\n  folder: b", 3, ", backup: 'keep' is 0. Write 1 or more."),
        ("route:\n  every: 400d", 2, ", route: 'every' is '400d'. Write more than 0 and at most 365d."),
        ("webhook: {requests_per_minute: 5}", 1, ", webhook: it names not exactly one place of the secret."),
        ("webhook: {secret_file: a, secret_variable: A, requests_per_minute: 5}", 1, ", webhook: it names not exactly"),
        ("webhook: {secret_file: a, requests_per_minute: 0}", 1, ", webhook: 'requests_per_minute' is 0."),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_app(text, "app.yaml")

    fault = refused.value.faults[0]
    assert (fault.line, str(fault)[: len("app.yaml" + message)]) == (line, "app.yaml" + message)


def test_without_tls_the_app_may_be_on_this_machine() -> None:
    for host in ("localhost:8501", "127.0.0.1", "[::1]:8501"):
        address = read_app(f"address: http://{host}", "app.yaml").address

        assert address is not None
        assert address.is_loopback


def test_a_secret_written_where_its_variable_should_be_named_is_not_repeated() -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_app("webhook: {secret_variable: hunter2-hunter2, requests_per_minute: 5}", "app.yaml")

    assert "hunter2" not in str(refused.value)
