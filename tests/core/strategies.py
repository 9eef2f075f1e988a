"""Definitions and leads of every kind for property tests: ties, early activities, caps, fading, gates."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    BelowLine,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    NumberTest,
    Per,
    SequenceMatch,
    TextTest,
)
from lib.core.leads.history import Activity, Change, Lead
from lib.core.time.clock import MICROSECONDS, MICROSECONDS_PER_DAY, day_start

AS_OF = 40 * MICROSECONDS_PER_DAY

WORDS = ("Director", "vice-director", "DÍRECTOR", "Straße", "İstanbul", "head_of", "c++", "10", "1e2", " ", "", "ΣΑΣ")
SPELT = ("Di\u0301rector", "strasse;\u3000Straße ; 10", "head\u00ad_of", "\u200b", "σασ;ΣΑΣ")
KINDS = ("page_view", "Form_Submit ", "webinar_attended")

# Few distinct instants, so that ties are common, and fractions of a day, so that fading is no round number.
instants = st.one_of(
    st.integers(0, 40).map(lambda day: day * MICROSECONDS_PER_DAY),
    st.integers(0, 40 * MICROSECONDS_PER_DAY),
)
texts = st.one_of(st.none(), st.sampled_from((*WORDS, *SPELT)))
operand = st.sampled_from([word for word in (*WORDS, *SPELT) if word.strip() and ";" not in word])
text_tests = st.one_of(
    st.builds(
        TextTest,
        st.sampled_from(("is", "is_not", "one_of", "contains", "starts_with", "ends_with", "has_word", "has_item")),
        st.lists(operand, min_size=1, max_size=2).map(tuple),
    ),
    st.sampled_from(("dir", "^head", "c\\+\\+$", "[0-9]+", "straße")).map(lambda p: TextTest("matches", (p,))),
)
number_tests = st.one_of(
    st.builds(NumberTest, st.sampled_from((0.0, 10.0)), st.none()),
    st.builds(NumberTest, st.none(), st.sampled_from((10.0, 99.0))),
    st.just(NumberTest(10.0, 100.0)),
)
known_tests = st.builds(KnownTest, st.booleans())
tests = st.lists(st.one_of(text_tests, number_tests, known_tests), min_size=1, max_size=2).map(tuple)
field_conditions = st.builds(FieldCondition, st.sampled_from(("title", "company", "extra.plan")), tests)
field_matches = st.one_of(
    field_conditions.map(lambda condition: FieldMatch("one", (condition,))),
    st.builds(
        FieldMatch,
        st.sampled_from(("all", "any")),
        st.lists(field_conditions, min_size=1, max_size=2).map(tuple),
    ),
)
amount_tests = st.lists(st.one_of(number_tests, known_tests), max_size=2).map(tuple)
activity_conditions = st.builds(
    ActivityCondition,
    st.lists(st.sampled_from(("page_view", "form_submit", "WEBINAR_ATTENDED")), min_size=1, max_size=2).map(tuple),
    st.one_of(st.just(()), tests),
    amount_tests,
)
within_days = st.sampled_from((0.5, 1.0, 7.0))
activity_matches = st.one_of(
    st.builds(ActivityMatch, activity_conditions, st.integers(1, 2), st.sampled_from(list(Per)), st.booleans()),
    st.builds(ActivityMatch, activity_conditions, st.one_of(st.none(), st.integers(1, 3))),
    st.builds(FrequencyMatch, activity_conditions, st.integers(1, 3), within_days),
    st.builds(SequenceMatch, activity_conditions, activity_conditions, within_days),
)
matches = {
    Category.PROFILE: field_matches,
    Category.CHANNEL: field_matches,
    Category.ACTIONS: activity_matches,
    Category.UNDESIRABLES: st.one_of(field_matches, activity_matches),
}


@st.composite
def criteria(draw: st.DrawFn, number: int) -> Criterion:
    category = draw(st.sampled_from(list(Category)))
    speaks_against = category is Category.UNDESIRABLES
    disqualify = speaks_against and draw(st.booleans())
    points = 0 if disqualify else draw(st.integers(-20, 0) if speaks_against else st.integers(0, 20))
    off = draw(st.integers(0, 9)) == 0
    return Criterion(f"c{number}", f"Criterion {number}", category, points, draw(matches[category]), disqualify, off)


def below_lines(threshold: int) -> st.SearchStrategy[BelowLine | None]:
    if threshold == 1:
        return st.none()
    return st.one_of(
        st.none(), st.builds(BelowLine, st.sampled_from((0.05, 0.125, 0.2)), st.integers(1, threshold - 1))
    )


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    count = draw(st.integers(1, 6))
    chosen = tuple(draw(criteria(n)) for n in range(count))
    categories = {criterion.category for criterion in chosen}
    minimums = draw(st.dictionaries(st.sampled_from(sorted(categories)), st.sampled_from((-5.0, 0.0, 5.0)), max_size=2))
    cappable = [category for category in Category if category is not Category.UNDESIRABLES]
    caps = draw(st.dictionaries(st.sampled_from(cappable), st.integers(0, 30), max_size=2))
    threshold = draw(st.integers(1, 40))
    drawn = draw(below_lines(threshold))
    return Definition(
        name="drawn",
        threshold=threshold,
        criteria=chosen,
        require=draw(st.sampled_from(((), ("title",), ("title", "extra.plan")))),
        minimums=tuple((c, minimums[c]) for c in Category if c in minimums),
        caps=tuple((c, caps[c]) for c in Category if c in caps),
        half_life_days=draw(st.sampled_from((None, 0.5, 7.0, 30.0))),
        below_line=drawn,
        customers=draw(st.booleans()),
    )


activities = st.builds(
    Activity,
    at=instants,
    kind=st.sampled_from(KINDS),
    subject=texts,
    amount=st.one_of(st.none(), st.sampled_from((0.0, 10.0, 99.5, 100.0))),
    activity_id=st.sampled_from(("a", "b", "c")),
)


def histories(fields: tuple[str, ...], values: st.SearchStrategy[str | None]) -> st.SearchStrategy[tuple[Change, ...]]:
    """Some changes of these fields, before a lead's creation too, back and forth; of one field one an instant."""
    return st.lists(
        st.builds(Change, st.sampled_from(fields), instants, values, values),
        max_size=6,
        unique_by=lambda change: (change.field, change.at),
    ).map(tuple)


@st.composite
def populations(draw: st.DrawFn) -> list[Lead]:
    return [
        Lead(
            lead_id=f"lead-{n}",
            created_at=draw(instants),
            fields={"title": draw(texts), "company": draw(texts), "extra.plan": draw(texts)},
            activities=tuple(draw(st.lists(activities, max_size=7))),
            changes=draw(st.one_of(st.just(()), histories(("title", "company", "extra.plan"), texts))),
        )
        for n in range(draw(st.integers(0, 4)))
    ]


# Most of what is drawn above hits nothing. Leads that rise several times, and fall, need conditions that are often met.


@st.composite
def lively_definitions(draw: st.DrawFn) -> Definition:
    def each(kind: str) -> ActivityMatch:
        return ActivityMatch(ActivityCondition((kind,)), draw(st.sampled_from((None, 2))))

    points = st.integers(1, 25)
    criteria = [
        Criterion("viewed", "Viewed", Category.ACTIONS, draw(points), each("page_view")),
        Criterion("asked", "Asked", Category.ACTIONS, draw(points), each("form_submit")),
        Criterion("left", "Left", Category.UNDESIRABLES, -draw(st.integers(0, 30)), each("webinar_attended")),
        Criterion(
            "knows",
            "Has a title",
            Category.PROFILE,
            draw(points),
            FieldMatch("one", (FieldCondition("title", (KnownTest(known=True),)),)),
        ),
    ]
    if draw(st.integers(0, 4)) == 0:
        criteria.append(Criterion("out", "Out", Category.UNDESIRABLES, 0, each("webinar_attended"), disqualify=True))
    if draw(st.booleans()):
        nameless = FieldMatch("one", (FieldCondition("title", (KnownTest(known=False),)),))
        shut = draw(st.booleans())
        criteria.append(Criterion("bare", "Bare", Category.UNDESIRABLES, 0 if shut else -5, nameless, disqualify=shut))
    threshold = draw(st.integers(1, 60))
    return Definition(
        name="lively",
        threshold=threshold,
        criteria=tuple(criteria),
        require=draw(st.sampled_from(((), ("title",)))),
        minimums=draw(st.sampled_from(((), ((Category.UNDESIRABLES, -10.0),), ((Category.PROFILE, 1.0),)))),
        caps=draw(st.sampled_from(((), ((Category.ACTIONS, 40),)))),
        half_life_days=draw(st.sampled_from((None, 3.0, 30.0))),
        below_line=draw(below_lines(threshold)),
    )


@st.composite
def lively_populations(draw: st.DrawFn, *, changing: bool = False) -> list[Lead]:
    changes = histories(("title",), st.sampled_from((None, "Director")))
    return [
        Lead(
            lead_id=f"lead-{n}",
            created_at=draw(st.integers(0, 5)) * MICROSECONDS_PER_DAY,
            fields={"title": draw(st.sampled_from((None, "Director"))), "company": None, "extra.plan": None},
            activities=tuple(draw(st.lists(activities, min_size=2, max_size=7))),
            changes=draw(changes if changing else st.one_of(st.just(()), changes)),
        )
        for n in range(draw(st.integers(1, 4)))
    ]


# Mail scanners follow every link within seconds; what is limited a day or a subject needs several of them.

ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata")
LINKS = (None, " ", "link 1", "LINK 1 ", "link\u200b 1", "link 2", "link 3", "Straße", "STRASSE", "straße")
MAIL_KINDS = ("email_click", "Email_Click ", "email_open", "page_view")

# At, just within and just beyond 5 s of each other.
later = st.sampled_from((0, 1, 2_500_000, 4_999_999, 5_000_000, 5_000_001, 7_500_000, 3_600 * MICROSECONDS))
earlier = st.sampled_from((0, 1, 2_500_000, 5_000_000, 5_000_001))


def mail_activities(midnights: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Activity, ...]]:
    """What a lead did around the midnights of a zone."""

    def around(midnight: int) -> st.SearchStrategy[list[Activity]]:
        return st.lists(
            st.builds(
                Activity,
                at=st.builds(lambda after, before: midnight + after - before, later, earlier),
                kind=st.sampled_from(MAIL_KINDS),
                subject=st.sampled_from(LINKS),
                amount=st.one_of(st.none(), st.just(10.0)),
                activity_id=st.sampled_from(("a", "b", "c")),
            ),
            max_size=10,
        )

    return st.lists(midnights.flatmap(around), min_size=1, max_size=2).map(
        lambda bursts: tuple(one for burst in bursts for one in burst)
    )


mail_conditions = st.builds(
    ActivityCondition,
    st.lists(st.sampled_from(("email_click", "EMAIL_OPEN", "page_view")), min_size=1, max_size=2).map(tuple),
    st.sampled_from(((), (KnownTest(known=True),), (TextTest("contains", ("1",)),))),
    st.sampled_from(((), (KnownTest(known=True),))),
)
counted_matches = st.one_of(
    st.builds(ActivityMatch, mail_conditions, st.integers(1, 3), st.sampled_from(list(Per)), st.booleans()),
    st.builds(ActivityMatch, mail_conditions, human=st.just(True)),
    st.builds(FrequencyMatch, mail_conditions, st.integers(1, 3), within_days, st.booleans()),
)
"""Activities counted at most so many times a lead, day or subject, or only where people did them."""


@st.composite
def counting_definitions(draw: st.DrawFn) -> Definition:
    chosen = draw(st.lists(counted_matches, min_size=1, max_size=3))
    return Definition(
        name="counting",
        threshold=draw(st.integers(1, 30)),
        criteria=tuple(
            Criterion(f"c{n}", f"Criterion {n}", Category.ACTIONS, draw(st.integers(1, 9)), match)
            for n, match in enumerate(chosen)
        ),
        half_life_days=draw(st.sampled_from((None, 7.0))),
    )


@st.composite
def clicking_populations(draw: st.DrawFn) -> list[Lead]:
    zone = draw(st.sampled_from(ZONES))
    midnights = st.integers(1, 30).map(lambda day: day_start(date(1970, 1, 1) + timedelta(days=day), ZoneInfo(zone)))
    return [
        Lead(
            lead_id=f"lead-{n}",
            created_at=draw(instants),
            fields={"title": None, "company": None, "extra.plan": None},
            activities=draw(mail_activities(midnights)),
            zone=zone,
        )
        for n in range(draw(st.integers(1, 3)))
    ]


any_definitions = st.one_of(definitions(), lively_definitions(), counting_definitions())
"""Of every kind, and every second one likely to qualify somebody."""

any_populations = st.one_of(populations(), lively_populations(), clicking_populations())
