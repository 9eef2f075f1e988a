"""On whom the lot falls: so large a share of all, the same for whoever asks, and nothing to do with who it is."""

from scipy.stats import binomtest, chisquare

from lib.core.handoffs.below_line import is_drawn


def test_so_large_a_share_of_any_leads_is_drawn() -> None:
    for share in (0.01, 0.05, 0.2):
        drawn = sum(is_drawn(f"lead-{n:06}", 1, 3, share) for n in range(50_000))

        assert binomtest(drawn, 50_000, share).pvalue > 0.001


def test_every_hundred_of_neighbouring_ids_has_its_share() -> None:
    drawn = [
        sum(is_drawn(f"lead-{n:06}", 1, 3, 0.1) for n in range(first, first + 500)) for first in range(0, 25_000, 500)
    ]

    assert chisquare(drawn).pvalue > 0.001


def test_the_lot_is_the_same_in_any_order_and_again() -> None:
    ids = [f"lead-{n}" for n in range(1_000)]

    first = {lead_id for lead_id in ids if is_drawn(lead_id, 1, 1, 0.05)}

    assert {lead_id for lead_id in reversed(ids) if is_drawn(lead_id, 1, 1, 0.05)} == first


def test_the_lot_is_fixed_for_good() -> None:
    assert [n for n in range(60) if is_drawn(f"lead-{n}", 1, 1, 0.1)] == FIXED


FIXED = [4, 17, 19, 48]
"""Who is drawn must not change with the code: somebody may check it years later."""


def test_a_larger_share_draws_the_same_leads_and_more() -> None:
    few, many = ({n for n in range(2_000) if is_drawn(f"lead-{n}", 1, 1, share)} for share in (0.05, 0.2))

    assert few < many


def test_cycles_and_versions_have_lots_of_their_own() -> None:
    first = [is_drawn(f"lead-{n}", 1, 1, 0.2) for n in range(5_000)]
    for cycle, version in ((2, 1), (1, 2)):
        again = [is_drawn(f"lead-{n}", cycle, version, 0.2) for n in range(5_000)]

        both = sum(one and other for one, other in zip(first, again, strict=True))
        assert binomtest(both, 5_000, 0.04).pvalue > 0.001
