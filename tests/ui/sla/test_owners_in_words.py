"""What SLA says of owners is what its table has of each."""

from hypothesis import given
from hypothesis import strategies as st

from lib.core.sla.fairness import Adjusted
from lib.core.statistics.rates import Verdict, rate
from lib.ui.sla.view import owners_in_words

verdicts = st.lists(st.sampled_from(list(Verdict)), max_size=8)


def of(verdict: Verdict) -> Adjusted:
    return Adjusted("x", rate(5, 20), rate(10, 20), 0.4, 0.3, 0.5, verdict)


@given(verdicts)
def test_every_owner_is_named_or_counted_as_the_verdict_says(said: list[Verdict]) -> None:
    names = [f"owner{n}" for n in range(len(said))]

    words = owners_in_words(names, [of(one) for one in said])

    less, rest = words.split(" really less than the others, ")
    more = rest.split(" really more")[0]
    for name, verdict in zip(names, said, strict=True):
        assert (name in less) == (verdict is Verdict.LOWER)
        assert (name in more) == (verdict is Verdict.HIGHER)
    assert ("nobody" in less) == (Verdict.LOWER not in said)
    assert ("nobody" in more) == (Verdict.HIGHER not in said)
    assert (f"; {said.count(Verdict.NOISE)} by no more than noise" in words) == (Verdict.NOISE in said)
    assert (f"of {said.count(Verdict.TOO_FEW)} there is too little" in words) == (Verdict.TOO_FEW in said)
