"""What a text of a file may mean: the texts that mean nothing, the ways to write a date, the signs of currencies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

READING_OF_TEXTS = 1
"""How texts of leads are read by this code. Whoever changes which are blank, how they are trimmed or numbers told adds
1: the values that then differ are corrected, and have not changed (docs/decisions/0037)."""

PLACEHOLDERS = frozenset({"n/a", "-", "--", "null", "none", "(none)", "(no value)", "#n/a"})
"""Texts that stand, alone in a cell and in any case, where there is no value."""

EPOCH, EPOCH_MS, SERIAL = "epoch", "epoch_ms", "serial"
"""Ways to write an instant as a number: seconds or milliseconds since 1970, days of a spreadsheet."""

NUMBERED_DATES = (EPOCH, EPOCH_MS, SERIAL)

ISO = "iso"
"""The way that dates are written where nobody says another, to be named beside others."""

SALESFORCE = "salesforce"
"""The shape of ids that are the same in 15 characters, where case counts, and in 18, where it does not."""

ID_SHAPES = (SALESFORCE,)

CURRENCY_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "$": "USD",
    "US$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "HK$": "HKD",
    "NZ$": "NZD",
    "R$": "BRL",
    "S$": "SGD",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "₴": "UAH",
    "₫": "VND",
    "฿": "THB",
    "zł": "PLN",
    "Kč": "CZK",
}
"""The code of the currency that a sign before or after an amount stands for."""

SHARED_SIGNS = frozenset({"$", "¥", "£"})
"""Signs of several currencies; each is read as the one of `CURRENCY_SIGNS`."""

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""

CURRENCY_CODES = frozenset(_CODES.split())
"""The codes of ISO 4217 that are money today."""

GROUPING = " '’\u00a0\u202f"
"""What may part the thousands of a number, besides the sign that is not before the fraction."""

_CURRENCY = "|".join(
    [
        *(sign.replace("$", "[$]") for sign in sorted(CURRENCY_SIGNS, key=len, reverse=True)),
        *sorted(CURRENCY_CODES),
    ]
)

AMOUNT = (
    r"^(?P<open>[(]?) ?(?P<sign>[+−-]?) ?(?P<before>(?:" + _CURRENCY + r")?)[ \x{a0}\x{202f}]?(?P<inner>[+−-]?)"
    r"(?P<number>[0-9.,](?:[0-9.," + GROUPING + r"]*[0-9.,])?)[ \x{a0}\x{202f}]?(?P<after>(?:" + _CURRENCY + r")?)"
    r" ?(?P<close>[)]?)$"
)
"""An amount as people write one, in RE2: with a currency's sign or code, in brackets where it is negative."""


@dataclass(frozen=True)
class Notation:
    """How a file writes its dates and numbers, as `lib.store.exchange.files.notation` has told; columns by name.

    Dates are ISO 8601 unless `spelled`; those with the year last begin with the
    day where `day_first`. `decimals` has the sign before a fraction, where plain
    digits and a point do not do; of the columns with none, the `pointed` have a
    point in them. In `marked` ones stand currencies or brackets. In the `torn` both signs stand before fractions.
    Every value of the `whole_ids` ends in `.0`, of the `unseen_ids` none was seen.
    `sampled`: only the first rows were looked at, and showed nothing that needs telling.
    """

    sampled: bool = False
    spelled: bool = False
    day_first: bool | None = None
    decimals: Mapping[str, str] = field(default_factory=dict)
    pointed: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    torn: frozenset[str] = frozenset()
    whole_ids: frozenset[str] = frozenset()
    unseen_ids: frozenset[str] = frozenset()
