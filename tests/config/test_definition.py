"""A definition means exactly what is written, and one that cannot mean anything is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.config.definition import read_definition, write_criterion, write_definition
from lib.core.definition.criteria import (
    HAS_ITEM,
    LEAD_FIELDS,
    MOST_DRAWN,
    TEXT_OPERATORS,
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
    Match,
    NumberTest,
    Per,
    SequenceMatch,
    TextTest,
)
from lib.core.errors import DefinitionRefused
from tests.config.refusals import REFUSALS

HERE = Path(__file__).parent
CLICKED = ActivityCondition(("email_click",))


@pytest.mark.parametrize("name", sorted(path.stem for path in (HERE / "refused").glob("*.yaml")))
def test_a_definition_that_cannot_mean_anything_is_refused_with_place_reason_remedy_and_line(name: str) -> None:
    text = (HERE / "refused" / f"{name}.yaml").read_text(encoding="utf-8")

    with pytest.raises(DefinitionRefused) as refused:
        read_definition(text, "definition.yaml")

    (fault,) = refused.value.faults
    assert (fault.line, fault.where, fault.what, fault.remedy) == REFUSALS[name]


def test_every_expected_refusal_has_its_file() -> None:
    files = {path.stem for path in (HERE / "refused").glob("*.yaml")}

    assert files == set(REFUSALS)


def test_all_faults_are_found_at_once_in_the_order_of_the_lines() -> None:
    text = """
mql: {threshold: 0}
profile:
  criteria:
    - {id: a, points: -5, when: {field: titel, is: vp}}
    - {points: 1.5, when: {field: title}}
undesirables:
  cap: 5
"""

    with pytest.raises(DefinitionRefused) as refused:
        read_definition(text, "definition.yaml")

    assert [(fault.line, fault.what) for fault in refused.value.faults] == [
        (2, "'threshold' is 0"),
        (5, "points in profile are 0 or more, not -5"),
        (5, "no field is called 'titel'"),
        (6, "'id' is missing"),
        (6, "'points' is '1.5', not a whole number"),
        (6, "field 'title' has no operator"),
        (8, "undesirables have no cap"),
    ]


def criterion(line: str, category: str = "profile") -> Criterion:
    text = f"mql: {{threshold: 1}}\n{category}:\n  criteria:\n    - {{id: some_id, {line}}}\n"
    (only,) = read_definition(text, "definition.yaml").criteria
    return only


def field_tests(operators: str) -> tuple[object, ...]:
    match = criterion(f"points: 1, when: {{field: title, {operators}}}").match
    assert isinstance(match, FieldMatch)
    return match.conditions[0].tests


def test_the_example_of_the_design_is_read_whole() -> None:
    definition = read_definition((HERE / "example.yaml").read_text(encoding="utf-8"), "definition.yaml")

    assert definition.threshold == 60
    assert definition.require == ("first_name", "last_name", "title", "email")
    assert definition.minimums == ((Category.PROFILE, 10.0),)
    assert definition.caps == ((Category.PROFILE, 50), (Category.ACTIONS, 60))
    assert definition.half_life_days == 30
    assert [len(definition.of(category)) for category in Category] == [2, 1, 5, 3]
    assert definition.criterion("returned").match == SequenceMatch(
        ActivityCondition(("page_view",)),
        ActivityCondition(("page_view",), (TextTest("contains", ("pricing",)),)),
        7,
    )
    assert definition.criterion("busy_week").match == FrequencyMatch(ActivityCondition(("page_view",)), 5, 7)
    assert definition.criterion("free_mail").match == FieldMatch(
        "one",
        (
            FieldCondition(
                "email",
                (TextTest("ends_with", ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com"), "free_mail"),),
            ),
        ),
    )
    assert definition.criterion("competitor").disqualify


def test_a_share_below_the_threshold_is_read_and_written() -> None:
    text = "name: d\nmql:\n  threshold: 60\n  below_line: {share: 0.05, from: 40}\n"

    definition = read_definition(text, "d.yaml")

    assert definition.below_line == BelowLine(0.05, 40)
    assert write_definition(definition) == text
    assert write_definition(definition.with_below_line(None)) == "name: d\nmql:\n  threshold: 60\n"


def test_that_customers_are_handed_over_too_is_read_and_written() -> None:
    text = "name: d\nmql:\n  threshold: 60\n  customers: true\n"

    definition = read_definition(text, "d.yaml")

    assert definition.customers
    assert write_definition(definition) == text
    assert not read_definition("mql: {threshold: 60, customers: false}", "d.yaml").customers
    assert write_definition(definition.with_customers(False)) == "name: d\nmql:\n  threshold: 60\n"


def test_the_largest_share_and_the_point_below_the_threshold_are_taken() -> None:
    text = "mql: {threshold: 2, below_line: {share: 0.2, from: 1}}"

    assert read_definition(text, "d.yaml").below_line == BelowLine(0.2, 1)


@pytest.mark.parametrize("written", ["NO", "no", "on", "off", "012", "1:30", "1e3", "null", "2026-12-24", "0x1F"])
def test_an_operand_is_the_text_as_written(written: str) -> None:
    assert field_tests(f"is: {written}") == (TextTest("is", (written,)),)
    assert field_tests(f"one_of: [{written}, Other]") == (TextTest("one_of", (written, "Other")),)


def test_the_letters_and_spaces_of_an_operand_are_kept() -> None:
    assert field_tests("is: ' VP '") == (TextTest("is", (" VP ",)),)


def test_numbers_keep_their_bounds() -> None:
    tests = field_tests("at_least: 1e2, at_most: +300.5, between: [-5, .5e3], known: true")

    assert tests == (NumberTest(100, None), NumberTest(None, 300.5), NumberTest(-5, 500), KnownTest(True))


def test_between_two_equal_numbers_is_that_number() -> None:
    assert field_tests("between: [7, 7]") == (NumberTest(7, 7),)


@pytest.mark.parametrize(("written", "points"), [("+5", 5), ("0", 0), ("1000000000", 1_000_000_000), ("'5'", 5)])
def test_points_are_whole_with_an_optional_sign(written: str, points: int) -> None:
    assert criterion(f"points: {written}, when: {{field: title, is: vp}}").points == points


def test_without_a_label_the_id_is_read_as_words() -> None:
    assert criterion("points: 1, when: {field: title, is: vp}").label == "some id"


def test_disqualify_false_is_as_if_not_written() -> None:
    when = "when: {field: title, is: vp}"

    assert criterion(f"points: -1, disqualify: false, {when}", "undesirables") == criterion(
        f"points: -1, {when}", "undesirables"
    )


def test_a_criterion_switched_off_stays_in_the_text() -> None:
    off = criterion("points: 1, off: true, when: {field: title, is: vp}")

    definition = Definition("d", 1, (off,))

    assert off.off
    assert "off: true" in write_definition(definition)
    assert "off" not in write_definition(
        definition.with_criterion(Criterion("some_id", "", off.category, 1, off.match))
    )


@pytest.mark.parametrize(
    ("written", "match"),
    [
        ("limit: {times: 2, per: day}", ActivityMatch(CLICKED, 2, Per.DAY)),
        ("limit: {times: 1, per: subject}", ActivityMatch(CLICKED, 1, Per.SUBJECT)),
        ("limit: 3, human: true", ActivityMatch(CLICKED, 3, human=True)),
        ("human: true, count: 2, within_days: 7", FrequencyMatch(CLICKED, 2, 7, human=True)),
    ],
)
def test_limits_of_days_and_subjects_and_what_people_did_are_read_and_written(written: str, match: Match) -> None:
    read = criterion(f"points: 1, {written}, when: {{kind: email_click}}", "actions")

    assert read.match == match
    assert f"points: 1, {written}, when" in write_criterion(read)


def test_a_limit_of_a_lead_is_the_number_alone_and_human_false_is_as_if_not_written() -> None:
    long = criterion("points: 1, limit: {times: 2, per: lead}, human: false, when: {kind: email_click}", "actions")

    assert long.match == ActivityMatch(CLICKED, 2)
    assert "limit: 2, when" in write_criterion(long)


def test_a_custom_column_is_a_field() -> None:
    assert criterion("points: 1, when: {field: extra.Plan name, is: pro}").match == FieldMatch(
        "one", (FieldCondition("extra.Plan name", (TextTest("is", ("pro",)),)),)
    )


def test_a_named_list_never_used_and_a_blank_category_mean_nothing_wrong() -> None:
    definition = read_definition("mql: {threshold: 1}\nlists: {a: x}\nchannel:\nactions: {criteria: }\n", "d.yaml")

    assert definition == Definition("MQL definition", 1, (), lists=(("a", ("x",)),))


def test_the_order_of_the_categories_in_the_file_means_nothing() -> None:
    profile = "profile: {cap: 5, criteria: [{id: a, points: 1, when: {field: title, is: vp}}]}\n"
    channel = "channel: {cap: 6, criteria: [{id: b, points: 1, when: {field: channel, is: event}}]}\n"

    one = read_definition(f"mql: {{threshold: 1}}\n{profile}{channel}", "d.yaml")
    other = read_definition(f"{channel}{profile}mql: {{threshold: 1}}\n", "d.yaml")

    assert one == other


def test_the_example_is_written_as_the_design_writes_it() -> None:
    text = (HERE / "example.yaml").read_text(encoding="utf-8")
    unbroken = text.replace("within_days: 7,\n       sequence", "within_days: 7, sequence")
    without_comments = "\n".join(line.split("  #")[0].rstrip() for line in unbroken.splitlines()) + "\n"

    assert write_definition(read_definition(text, "definition.yaml")) == without_comments


# Any text that is not blank: quotes, colons, line ends, letters of every alphabet.
words = st.one_of(
    st.sampled_from(("NO", "012", "a: b", "- x", "#", "it's", '"', "a\nb", "\x85", "\ufeff", " x ", "[", "true", "*a")),
    st.text(min_size=1, max_size=8),
).filter(lambda text: bool(text.strip()))
numbers = st.floats(allow_nan=False, allow_infinity=False)
days = st.floats(min_value=0, max_value=1_000_000, exclude_min=True)
number_tests = st.one_of(
    st.builds(NumberTest, low=numbers),
    st.builds(NumberTest, high=numbers),
    st.tuples(numbers, numbers).map(lambda pair: NumberTest(min(pair), max(pair))),
)
known_tests = st.builds(KnownTest, st.booleans())
operands = st.lists(words, min_size=1, max_size=3).map(tuple)


def can_be_met(test: TextTest) -> bool:
    """No choice holds the sign that parts them; a test that asks for one is refused."""
    return test.operator != HAS_ITEM or not any(";" in text for text in test.operands)


text_tests = st.one_of(
    st.builds(TextTest, st.sampled_from(TEXT_OPERATORS), operands).filter(can_be_met),
    st.sampled_from(("^vp$", "c\\+\\+", "[0-9]{3}")).map(lambda pattern: TextTest("matches", (pattern,))),
)


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    lists = draw(st.dictionaries(words, operands, max_size=2))
    listed = [TextTest(operator, texts, name) for operator in TEXT_OPERATORS for name, texts in lists.items()]
    listed = [test for test in listed if can_be_met(test)]
    any_text_test = st.one_of(text_tests, st.sampled_from(listed)) if listed else text_tests
    # A condition has one number at most, so that no two of them contradict each other.
    tests = st.tuples(
        st.lists(any_text_test, min_size=1, max_size=3, unique_by=lambda test: (test.operator, test.list_name is None)),
        st.lists(number_tests, max_size=1),
        st.lists(known_tests, max_size=1),
    ).flatmap(lambda parts: st.permutations([test for part in parts for test in part]).map(tuple))
    fields = st.one_of(st.sampled_from(LEAD_FIELDS), words.map(lambda word: f"extra.{word}"))
    conditions = st.builds(FieldCondition, fields, tests)
    field_matches = st.one_of(
        conditions.map(lambda condition: FieldMatch("one", (condition,))),
        st.builds(FieldMatch, st.sampled_from(("all", "any")), st.lists(conditions, min_size=1, max_size=2).map(tuple)),
    )
    amounts = st.lists(st.one_of(number_tests, known_tests), max_size=1).map(tuple)
    activities = st.builds(ActivityCondition, operands, st.one_of(st.just(()), tests), amounts)
    activity_matches = st.one_of(
        st.builds(ActivityMatch, activities, human=st.booleans()),
        st.builds(ActivityMatch, activities, st.integers(1, 9), st.sampled_from(list(Per)), st.booleans()),
        st.builds(FrequencyMatch, activities, st.integers(1, 9), days, st.booleans()),
        st.builds(SequenceMatch, activities, activities, days),
    )
    ids = draw(st.lists(words, max_size=4, unique=True))
    places = sorted(draw(st.lists(st.sampled_from(range(4)), min_size=len(ids), max_size=len(ids))))
    criteria = []
    for criterion_id, place in zip(ids, places, strict=True):
        category = list(Category)[place]
        against = category is Category.UNDESIRABLES
        disqualify = against and draw(st.booleans())
        matches = {Category.ACTIONS: activity_matches, Category.UNDESIRABLES: field_matches | activity_matches}
        criteria.append(
            Criterion(
                id=criterion_id,
                label=draw(words),
                category=category,
                points=0 if disqualify else draw(st.integers(0, 1_000_000_000)) * (-1 if against else 1),
                match=draw(matches.get(category, field_matches)),
                disqualify=disqualify,
                off=draw(st.booleans()),
            )
        )
    fading = draw(st.one_of(st.none(), days))
    threshold = draw(st.integers(1, 1_000_000_000))
    shares = st.floats(min_value=0, max_value=MOST_DRAWN, exclude_min=True)
    drawn = st.none() if threshold == 1 else st.none() | st.builds(BelowLine, shares, st.integers(1, threshold - 1))
    used = {criterion.category for criterion in criteria}
    return Definition(
        name=draw(words),
        threshold=threshold,
        criteria=tuple(criteria),
        require=draw(st.lists(fields, max_size=2).map(tuple)),
        minimums=tuple((c, draw(numbers)) for c in Category if c in used and draw(st.booleans())),
        caps=tuple(
            (c, draw(st.integers(0, 99))) for c in Category if c is not Category.UNDESIRABLES and draw(st.booleans())
        ),
        half_life_days=fading,
        lists=tuple(lists.items()),
        below_line=draw(drawn),
    )


@given(definitions())
def test_what_is_written_reads_back_as_it_was(definition: Definition) -> None:
    text = write_definition(definition)

    assert read_definition(text, "definition.yaml") == definition
    assert write_definition(read_definition(text, "definition.yaml")) == text
