"""What is expected of a draft's leads, in sentences: the figure, what it rests on, and why there is none."""

from collections.abc import Mapping

from lib.core.consequences.expected import Amount, Expected, Interval, Method, Standing
from lib.core.consequences.known_when import KnownWhen
from lib.core.funnel.money import in_currency
from lib.core.statistics.rates import Rate

ANSWERED_MATTER = 0.05
"""From this share of overdue answers on, they lower the lower limit."""


def acceptance_in_words(expected: Expected, standing: Standing, labels: Mapping[str, str]) -> str:
    """The expected acceptance with what it rests on, or why there is none; `labels` are the criteria's, by id."""
    if expected.method is Method.NOBODY:
        return why_none_in_words(expected, standing)
    if expected.said is None:
        return f"{why_none_in_words(expected, standing)} {remedy_in_words(expected)}"
    of = "1 lead" if expected.known == 1 else f"{expected.known:,} leads"
    said = [
        f"Of {of} at {expected.threshold} points sales would accept {interval_in_words(expected.said)}, of those that "
        "it answers and as it judges with the points it sees today.",
        f"Learned from {_decided(expected)}.",
    ]
    if expected.today is not None:
        said.append(
            "Acceptance moved over the months: as sales judges now it would be "
            f"{interval_in_words(expected.today)}, and that is what a proposal predicts."
        )
    if expected.not_observed:
        said.append(not_observed_in_words(expected, standing, labels))
    unanswered = standing.unanswered
    if unanswered.share >= ANSWERED_MATTER:
        poorer = " They are the poorer leads." if unanswered.poorer else ""
        said.append(
            f"{unanswered.overdue:,} of {unanswered.old:,} hand-offs wait longer than nine in ten answers took: the "
            f"lower end takes them for rejected.{poorer}"
        )
    if standing.owners_differ:
        said.append(f"Some owners answer otherwise than the rest: {', '.join(standing.owners_differ)}.")
    return " ".join(said)


def why_none_in_words(expected: Expected, standing: Standing) -> str:
    """Why no figure is given, in one sentence or two."""
    if expected.method is Method.NOBODY:
        return f"No lead qualifies at {expected.threshold} points."
    if expected.method is Method.REFUSED:
        return f"No figure is given: {' '.join(standing.why)}"
    if expected.method is Method.UNANSWERED:
        unanswered = standing.unanswered
        return (
            f"No figure is given: {unanswered.overdue:,} of {unanswered.old:,} hand-offs wait longer than nine in ten "
            "answers took, and how sales would answer them nobody can say."
        )
    if expected.leads and not expected.known:
        return f"No figure is given: none of the {expected.leads:,} leads is like those that sales decided on."
    return f"Too few decisions to give a figure: they rest on {_decided(expected)}."


def remedy_in_words(expected: Expected) -> str:
    """What would bring a figure."""
    if expected.method is Method.REFUSED:
        return "Evidence lists what no criterion asks for though sales goes by it: a criterion for it would help."
    if expected.method is Method.UNANSWERED:
        return "Answer those that wait in the Inbox."
    return "Draw 100 leads below the line, or wait for more answers."


def not_observed_in_words(expected: Expected, standing: Standing, labels: Mapping[str, str]) -> str:
    """How many leads nothing is said about, and what they have that hardly any decided lead had, or lack."""
    which = ", ".join(labels.get(one, one) for one in standing.not_observed)
    have = "1 lead is" if expected.not_observed == 1 else f"{expected.not_observed:,} leads are"
    return f"{have} not observed (hardly any decision tells of: {which}), and nothing is guessed."


def further_in_words(sql: Expected, won: Expected, amount: Amount, currency: str | None) -> str:
    """How many of the same leads would be SQLs and won within 90 days of hand-over, and what they would be worth."""
    said = "Within 90 days of hand-over "
    said += "; ".join(_further(one, name) for one, name in ((sql, "SQLs"), (won, "wins")))
    if amount.expected is not None:
        return f"{said}, worth {amount_in_words(amount, currency)}."
    if amount.won_amount is not None and amount.won:
        return f"{said}; the past's {_wins(amount.won)} brought {in_currency(amount.won_amount, currency)}."
    return f"{said}."


def amount_in_words(amount: Amount, currency: str | None) -> str:
    """What is expected with its interval: `1,200 EUR (900 to 1,500)`; that there is no figure, where none is."""
    if amount.expected is None or amount.low95 is None or amount.high95 is None:
        return "no figure"
    return f"{in_currency(amount.expected, currency)} ({amount.low95:,.0f} to {amount.high95:,.0f})"


def _further(expected: Expected, name: str) -> str:
    if expected.said is None:
        came = f"{expected.reached_by_decided:,} of {expected.decided:,}"
        return f"{name}: {came} first hand-offs so far, nothing to expect from that yet"
    low, high = (end * expected.known for end in (expected.said.low95, expected.said.high95))
    return f"about {expected.reached:,.0f} {name} ({low:,.0f} to {high:,.0f})"


def _wins(number: int) -> str:
    return "1 win" if number == 1 else f"{number:,} wins"


def beyond_in_words(expected: Expected, beyond: int, standing: Standing) -> str:
    """Where a draft leaves what is handed over as agreed, and how leads drawn below the line check what is said."""
    if not beyond:
        said = "Each of its leads is handed over as agreed too."
    else:
        said = (
            f"{beyond:,} of its {expected.leads:,} leads are not handed over as agreed; they are judged by what their "
            "criteria meant to sales in others."
        )
    check = standing.drawn_check
    if check is None:
        return said
    return (
        f"{said} Leads drawn below the line check that: by the others' decisions {check.model * 100:.0f} % of them "
        f"would be accepted, and sales accepted {_rate(check.sales)}."
    )


FIELDS_NAMED = 3


def changed_after_in_words(of: KnownWhen, since: str) -> str | None:
    """Whose fields changed after the instant at which they are looked at (`since`: "their hand-over"); None where
    nobody's did.
    """
    if not of.changed_after:
        return None
    return (
        f"A field that criteria or gates ask for changed after {since} in {of.changed_after:,} of "
        f"{_leads(of.leads)}: it counts as it was then."
    )


def erased_in_words(people: int) -> str | None:
    """That replays miss what people who were erased were and did; None where nobody was."""
    if not people:
        return None
    who = "1 person was erased" if people == 1 else f"{people:,} people were erased"
    return f"{who}: what they were and did is unknown, so replays may differ by as many."


def resting_in_words(of: KnownWhen) -> str | None:
    """How many reach the threshold only by fields without a history; None where nobody does."""
    if not of.resting:
        return None
    reach = "reaches" if of.resting == 1 else "reach"
    return (
        f"{of.resting:,} of {_leads(of.leads)} {reach} the threshold only by fields without a history ({_fields(of)}): "
        "these count as they are now."
    )


def undated_in_words(of: KnownWhen) -> str | None:
    """How many have fields without a history; None where nobody has."""
    if not of.undated:
        return None
    return (
        f"In {of.undated:,} of {_leads(of.leads)} criteria or gates ask for fields without a history ({_fields(of)}): "
        "these count as they are now."
    )


def _leads(number: int) -> str:
    return "1 lead" if number == 1 else f"{number:,} leads"


def _fields(of: KnownWhen) -> str:
    named = [field.replace("_", " ") for field, _ in of.fields[:FIELDS_NAMED]]
    more = len(of.fields) - len(named)
    return ", ".join([*named, *([f"{more} more"] if more else [])])


def interval_in_words(of: Interval) -> str:
    """ "63 % (95 % interval 60 to 65 %)"."""
    return f"{of.share * 100:.0f} % (95 % interval {of.low95 * 100:.0f} to {of.high95 * 100:.0f} %)"


def _rate(of: Rate) -> str:
    counts = f"{of.successes:,} of {of.trials:,}"
    if of.share is None or of.low95 is None or of.high95 is None:
        return counts
    return f"{counts}, {of.share * 100:.0f} % ({of.low95 * 100:.0f} to {of.high95 * 100:.0f} %)"


def _decided(expected: Expected) -> str:
    first = "1 first hand-off" if expected.decided == 1 else f"{expected.decided:,} first hand-offs"
    return f"{first} decided, {expected.reached_by_decided:,} of them accepted"
