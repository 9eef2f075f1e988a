"""What Review says of returns, of what was lost and of what does not close."""

from lib.app.funnel import Closers
from lib.core.funnel.costs import ChannelCost
from lib.core.funnel.differences import Closing
from lib.core.funnel.lost import LostFor
from lib.core.statistics.rates import Comparison, Rate, Verdict
from lib.ui.review.closing import in_words as closing_in_words
from lib.ui.review.costs import returns_in_words
from lib.ui.review.lost import in_words as lost_in_words


def test_returns_are_said_best_first_and_what_is_not_known_is_counted() -> None:
    said = returns_in_words(
        [
            ChannelCost("event", 100.0, 9, 9, 9, 9, 2, 50.0, 1),
            ChannelCost("inbound", 10.0, 9, 9, 9, 9, 1, 50.0, 0),
            ChannelCost(None, 0.0, 9, 9, 9, 9, 1, 7.0, 0),
        ]
    )

    assert said == (
        "Won so far for each 1 spent: **inbound** 5.00, **event** 0.50. 1 channel won without any cost that is known. "
        "1 win without a known amount adds nothing."
    )


def test_nothing_lost_and_nothing_with_a_reason_are_said_to_be_so() -> None:
    assert lost_in_words([]) == "No hand-off of these days was lost."
    assert lost_in_words([LostFor(None, 3, 0.0, 3)]) == "**3** lost. None has a reason."


def test_who_does_not_close_is_named_with_what_it_is_and_the_blank_is_counted() -> None:
    lower = Comparison(Rate(0, 40, 0.0, 0.09), Rate(20, 40, 0.35, 0.65), 0.001, Verdict.LOWER)
    blank = Comparison(Rate(1, 12, 0.0, 0.3), Rate(20, 80, 0.2, 0.3), None, Verdict.TOO_FEW)

    said = closing_in_words(
        {
            Closers.CHANNELS: (Closing("event", lower), Closing(None, blank)),
            Closers.SOURCES: (),
            Closers.ACTIONS: (Closing("Asked for a demo", lower),),
        }
    )

    assert said == (
        "**event** (channel) wins 0 % (0 of 40), the others 50 % (20 of 40); "
        "**Asked for a demo** (action) wins 0 % (0 of 40), the others 50 % (20 of 40). "
        "12 of these SQLs have no channel."
    )
