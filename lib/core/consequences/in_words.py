"""What is expected of a draft's leads, in sentences."""

from lib.core.consequences.expected import Beyond, Expected


def acceptance_in_words(expected: Expected) -> str:
    """Where the expected acceptance comes from, in one sentence."""
    if not expected.leads:
        return f"No lead qualifies at {expected.threshold} points."
    parts = []
    if expected.observed:
        parts.append(f"sales has decided on {expected.observed:,} and accepted {expected.observed_reached:,}")
    if expected.estimated:
        share = expected.estimated_reached / expected.estimated
        others = "others" if expected.observed else "them"
        parts.append(
            f"of {expected.estimated:,} {others} it would accept about {expected.estimated_reached:,.0f}"
            f" ({share * 100:.0f} %), as it did with scores like theirs"
        )
    if expected.not_observed:
        have = (
            "1 has a score that was"
            if expected.not_observed == 1
            else f"{expected.not_observed:,} have scores that were"
        )
        parts.append(f"{have} never decided on, and nothing is guessed")
    leads = "1 lead" if expected.leads == 1 else f"{expected.leads:,} leads"
    return f"Of {leads} at {expected.threshold} points, {'; '.join(parts)}."


def further_in_words(sql: Expected, won: Expected) -> str:
    """How many of the same leads are expected to be SQLs and won, each as far as such hand-offs have come by now."""
    if not sql.known:
        return "Nothing tells how many would become SQLs or be won: sales has decided on no lead like these."
    return (
        f"Of {sql.known:,} leads {_about(sql)} would be SQLs and {_about(won)} won, as far as hand-offs like "
        "them have come by now."
    )


def _about(expected: Expected) -> str:
    if expected.share is None or expected.low95 is None or expected.high95 is None:
        return f"about {expected.reached:,.0f}"
    return (
        f"about {expected.reached:,.0f} ({expected.share * 100:.0f} %, 95 % interval {expected.low95 * 100:.0f} to "
        f"{expected.high95 * 100:.0f} %)"
    )


def beyond_in_words(expected: Expected, beyond: Beyond) -> str:
    """Where a draft leaves what was ever observed, and who speaks for it there, in one sentence."""
    if not beyond.leads:
        return "This stays within what was observed: each of its leads is decided on, or handed over as agreed too."
    all_of_them = beyond.leads in (beyond.at_random, beyond.alike, beyond.not_observed)
    judged = [
        (beyond.at_random, f"judged by {_decisions(beyond.decisions)} on leads drawn at random below the line"),
        (beyond.alike, "judged by leads of such a score that other points brought over the line, maybe too well"),
        (beyond.not_observed, "judged by nothing, and left out"),
    ]
    said = [f"{'all' if all_of_them else f'{leads:,}'} {how}" for leads, how in judged if leads]
    return (
        f"This leaves what was observed with {beyond.leads:,} of its {expected.leads:,} leads, which are not handed "
        f"over as agreed: {'; '.join(said)}."
    )


def _decisions(number: int) -> str:
    return "1 decision" if number == 1 else f"{number:,} decisions"
