"""Who is on which side."""

from pathlib import Path

import pytest

from lib.config.people import read_people
from lib.core.access.people import People, Person, Side
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
