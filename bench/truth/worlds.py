"""The worlds: how sales judges in each, which the product is not told."""

import numpy as np

from bench.truth.drafts import field
from bench.truth.people import Seen
from bench.truth.world import Claim, Drift, World
from lib.core.arrays import Mask, Real, Whole
from lib.core.definition.criteria import Category, Criterion, Definition, FieldCondition, FieldMatch, KnownTest

# Nothing interacts: what speaks for a lead adds up, on the scale of log odds.


def _steps(times: Whole, *worth: float) -> Real:
    """What a deed is worth that was done never, once, twice and so on; oftener is as good as the last."""
    return np.array([0.0, *worth])[np.minimum(times, len(worth))]


def _decides(seen: Seen) -> Mask:
    return seen.field("title", "Director")


def _inbound(seen: Seen) -> Mask:
    return seen.field("channel", "inbound")


def _fit(seen: Seen) -> Real:
    return np.asarray(
        1.0 * _decides(seen)
        + 0.3 * seen.field("title", "Manager")
        + 0.6 * seen.field("employees", "800")
        + 0.4 * seen.field("industry", "Food", "Chemicals")
        + 0.5 * _inbound(seen)
        - 0.2 * seen.field("channel", "event")
        - 0.8 * seen.field("email", "a@gmail.com")
    )


def additive(seen: Seen) -> Real:
    """Fit and what one does, the first time counting most; a webinar, which marketing thinks much of, hardly."""
    return np.asarray(
        _fit(seen)
        + _steps(seen.times("page_view", "/pricing"), 0.5, 0.7, 0.8)
        + _steps(seen.times("webinar_attended"), 0.05, 0.1)
        + 1.3 * seen.did("form_submit")
        + _steps(seen.times("download"), 0.3, 0.4)
        + 0.2 * seen.ever_busy("page_view", 3, 7)
        - 1.0 * seen.did("unsubscribe")
    )


def by_deeds(seen: Seen) -> Real:
    """Has a lead done it or not; how often is nothing to sales. The size of a company is nothing either."""
    return np.asarray(
        0.7 * _decides(seen)
        + 0.3 * seen.field("industry", "Food", "Chemicals")
        - 0.5 * seen.field("email", "a@gmail.com")
        + 0.8 * seen.did("page_view", "/pricing")
        - 0.4 * seen.did("webinar_attended")
        + 0.9 * seen.did("form_submit")
        + 0.5 * seen.did("download")
    )


def each_its_own(seen: Seen) -> Real:
    """What speaks for a lead adds up, and as much again is the lead's own, which no record holds."""
    return np.asarray(additive(seen) + 1.2 * seen.own)


def coin(seen: Seen) -> Real:
    """Sales tosses a coin."""
    return np.zeros(len(seen.rows))


# Something interacts, is hidden, or is no straight line.


def two_pairs(seen: Seen) -> Real:
    """A demo is worth most with who decides; a webinar speaks against who came by themselves."""
    return np.asarray(
        additive(seen)
        + 1.3 * (_decides(seen) & seen.did("form_submit"))
        - 1.2 * (_inbound(seen) & seen.did("webinar_attended"))
    )


def hidden_trait(seen: Seen) -> Real:
    """Sales hears on the phone whether there is a project, which is so for most who decide and few others."""
    return np.asarray(additive(seen) - 0.5 * _decides(seen) + 1.5 * seen.trait)


def unasked_field(seen: Seen) -> Real:
    """Sales likes some countries, and no criterion asks for them."""
    return np.asarray(additive(seen) + 1.1 * seen.field("country", "ES") - 0.6 * seen.field("country", "IT"))


def once_is_enough(seen: Seen) -> Real:
    """Prices looked at once are a good sign, over and over a bad one; with data sheets it is the same."""
    pricing = _steps(seen.times("page_view", "/pricing"), 0.9, 0.3, -0.3, -0.7, -1.0)
    return np.asarray(_fit(seen) + pricing + _steps(seen.times("download"), 0.7, -0.4) + 1.2 * seen.did("form_submit"))


def long_queue(seen: Seen) -> Real:
    """On a day on which much was handed over, sales answers worse."""
    return np.asarray(additive(seen) - 0.9 * np.clip((seen.queue - 8.0) / 10.0, 0.0, 1.5))


# What a model of the criteria cannot hold, and must refuse.


def by_points(seen: Seen) -> Real:
    """Sales takes who is shown ten points above the line or more, and hardly anybody else."""
    return np.where(seen.points >= 50, 1.2, -1.2)


def three_ways(seen: Seen) -> Real:
    """Good are those of whom all three, or one alone, holds: decides, inbound, webinar."""
    sign = np.ones(len(seen.rows))
    for holds in (_decides(seen), _inbound(seen), seen.did("webinar_attended")):
        sign = sign * np.where(holds, 1.0, -1.0)
    return np.asarray(0.5 * _fit(seen) + 1.3 * sign)


def fresh_deeds(seen: Seen) -> Real:
    """A deed counts for two days, and then as if it had never been."""
    return np.asarray(
        0.5 * _fit(seen)
        + 2.0 * seen.lately("form_submit", 2)
        + 1.5 * seen.lately("webinar_attended", 2)
        - 1.5 * seen.lately("page_view", 2)
        + 0.8 * seen.lately("download", 2)
    )


def _agencies_welcome(agreed: Definition) -> tuple[tuple[str, Definition], ...]:
    """Those whom nobody was ever handed over of: let in, and given points."""
    agency = Criterion("agency_welcome", "agency welcome", Category.PROFILE, 10, field("extra.agency", "yes"))
    return (("agencies added", agreed.without_criterion("agency").with_criterion(agency)),)


def _budget_known(agreed: Definition) -> tuple[tuple[str, Definition], ...]:
    known = FieldMatch("one", (FieldCondition("extra.budget", (KnownTest(known=True),)),))
    return (("budget added", agreed.with_criterion(Criterion("budget", "budget", Category.PROFILE, 15, known))),)


WORLDS = (
    World("additive", "what speaks for a lead adds up", additive, Claim.EXACT),
    World("by deeds", "done or not done, and other weights", by_deeds, Claim.EXACT),
    World("choosy", "as additive, and one in five accepted", additive, Claim.EXACT, level=0.2),
    World("each its own", "as additive, and every lead is a little special", each_its_own, Claim.EXACT),
    World("coin", "sales tosses a coin", coin, Claim.EXACT),
    World("two pairs", "demo × decides for, webinar × inbound against", two_pairs, Claim.COVERS),
    World("hidden trait", "a trait no field holds, tied to a criterion", hidden_trait, Claim.COVERS),
    World("unasked field", "a field that no criterion asks for", unasked_field, Claim.COVERS),
    World("once is enough", "once good, five times bad", once_is_enough, Claim.COVERS),
    World("long queue", "worse answers on a full day", long_queue, Claim.COVERS),
    World("drift", "10 points stricter over 26 weeks", additive, Claim.COVERS, drift=Drift.LINEAR),
    World("step", "10 points stricter from one day on", additive, Claim.COVERS, drift=Drift.STEP),
    World("two versions", "another definition in the first half", additive, Claim.COVERS, two_versions=True),
    World("again", "those rejected come again, and are rejected", additive, Claim.COVERS, again=True),
    World("unanswered", "one in five rejections never said", additive, Claim.COVERS, silent=(0.2, 0.02)),
    World("never said", "four in five rejections never said", additive, Claim.COVERS, silent=(0.8, 0.0)),
    World("150 decided", "10 % accepted of 150 decided", additive, Claim.COVERS, level=0.1, last=150),
    World(
        "unseen", "a criterion that nobody decided had", additive, Claim.COVERS,
        closed_to_agencies=True, more=_agencies_welcome,
    ),
    World(
        "filled in", "a field that sales fills in after hand-over", additive, Claim.COVERS,
        filled_in=(0.8, 0.1), more=_budget_known,
    ),
    World("by points", "sales goes by the points it is shown", by_points, Claim.REFUSES),
    World("three ways", "decides × inbound × webinar", three_ways, Claim.REFUSES),
    World("fresh deeds", "only what was done in the last two days", fresh_deeds, Claim.REFUSES),
    World("40 decided", "as additive, and 40 decisions", additive, Claim.TOO_FEW, last=40),
)  # fmt: skip
"""Every world the product is tried in."""


def named(name: str) -> World:
    """The world of that name; KeyError when there is none."""
    return {world.name: world for world in WORLDS}[name]
