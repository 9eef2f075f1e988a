"""Who is on which side."""

from pathlib import Path

import pytest

from lib.config.people import read_people
from lib.core.access.people import Identity, Others, People, Person, Place, Side
from lib.core.access.rights import Role
from lib.core.errors import ConfigRefused

ROOT = Path(__file__).parents[2]


def test_a_person_has_a_name_a_side_and_perhaps_an_address() -> None:
    text = "people: [{name: Ana, side: sales, email: ana@example.com}, {name: Bo, side: marketing}]"

    assert read_people(text, "people.yaml") == People(
        (Person("Ana", Side.SALES, "ana@example.com"), Person("Bo", Side.MARKETING))
    )
    assert read_people(f"{text}\nqueues: [00G1, 00G2]", "people.yaml").queues == ("00G1", "00G2")


def test_the_shipped_people_can_sign_for_both_sides() -> None:
    shipped = read_people((ROOT / "config" / "people.yaml").read_text(encoding="utf-8"), "people.yaml")

    assert {person.side for person in shipped.people} == set(Side)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, ": 'people' is missing. Add it."),
        ("people: []", 1, ": 'people' is an empty list. Write at least one item, or remove it."),
        ("people:\n- {side: sales}", 2, ", person 1: 'name' is missing. Add it."),
        ("people:\n- {name: Ana}", 2, ", person 1 (Ana): 'side' is missing. Add it."),
        (
            "people:\n- {name: Ana, side: sails}",
            2,
            ", person 1 (Ana): no side is called 'sails'. Did you mean 'sales'?",
        ),
        (
            "people:\n- {name: Ana, side: sales, email: ana}",
            2,
            ", person 1 (Ana): 'ana' is no e-mail address. Write one like ana@example.com, or leave it out.",
        ),
        (
            "people:\n- {name: Ana, side: sales}\n- {name: Ana, side: marketing}",
            3,
            ", person 2 (Ana): the name is already used in line 2. Give it another name.",
        ),
    ],
)
def test_a_person_who_cannot_be_told_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_people(text, "people.yaml")

    (fault,) = refused.value.faults
    assert (fault.line, str(fault)) == (line, f"people.yaml{message}")


def test_a_person_may_have_roles_identities_and_the_name_hand_offs_use() -> None:
    text = """
        people:
          - {name: Ana, side: sales, role: [lead, operator], identity: {issuer: https://id, subject: "17"}, rep: r-1}
          - {name: Bo, role: viewer}
        others:
          - {group: reps, side: sales, role: member}
          - {domain: example.com, role: viewer}
    """
    ana = Person("Ana", Side.SALES, None, frozenset({Role.LEAD, Role.OPERATOR}), (Identity("https://id", "17"),), "r-1")
    viewer = Place(None, frozenset({Role.VIEWER}))

    assert read_people(text, "people.yaml") == People(
        (ana, Person("Bo", None, None, frozenset({Role.VIEWER}))),
        (Others(Place(Side.SALES, frozenset({Role.MEMBER})), group="reps"), Others(viewer, domain="example.com")),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("people: [{name: Ana, role: leed, side: sales}]", "no role is called 'leed'. Did you mean 'lead'?"),
        ("people: [{name: Ana, role: member}]", "'side' is missing. A member or lead is of a side."),
        ("people: [{name: Ana, side: sales, identity: {issuer: a}}]", "'subject' is missing."),
        (
            "people: [{name: A, side: sales, email: a@b.cd}, {name: B, side: marketing, email: A@B.CD}]",
            "'a@b.cd' is A already. One who signs in is one person.",
        ),
        (
            "people: [{name: A, role: viewer, identity: {issuer: i, subject: s}}, "
            "{name: B, role: viewer, identity: {issuer: i, subject: s}}]",
            "'s' is A already.",
        ),
        ("people: [{name: A, role: viewer}]\nothers: [{role: viewer}]", "names not exactly one of group and domain"),
        ("people: [{name: A, role: viewer}]\nothers: [{domain: a@b.cd, role: viewer}]", "'a@b.cd' is no domain"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_people(text, "people.yaml")

    assert message in str(refused.value)
