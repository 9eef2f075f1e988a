"""The coded reasons and the questions of both checklists."""

from pathlib import Path

import pytest

from lib.config.reasons import read_answers
from lib.core.errors import ConfigRefused
from lib.core.handoffs.answers import Answers, Fate, Question, Reason

ROOT = Path(__file__).parents[2]

VALID = """
reasons:
  - {code: NO, label: Said no, then: recycle}
accept:
  - {id: fits, question: "Does it fit?"}
sql:
  - {id: cycle, question: "Is there a buying cycle?"}
"""


def test_reasons_and_questions_are_read_as_written() -> None:
    answers = read_answers(VALID, "reasons.yaml")

    assert answers == Answers(
        (Reason("NO", "Said no", Fate.RECYCLE),),
        (Question("fits", "Does it fit?"),),
        (Question("cycle", "Is there a buying cycle?"),),
    )
    assert answers.reason("NO").fate is Fate.RECYCLE
    with pytest.raises(KeyError):
        answers.reason("YES")


def test_the_shipped_answers_have_three_questions_to_accept_and_five_to_call_it_an_sql() -> None:
    shipped = read_answers((ROOT / "config" / "reasons.yaml").read_text(encoding="utf-8"), "reasons.yaml")

    assert (len(shipped.accept), len(shipped.sql)) == (3, 5)
    assert {reason.fate for reason in shipped.reasons} == {Fate.RECYCLE, Fate.DISQUALIFY}


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "then: recycle",
            "then: recicle",
            3,
            ", reason 1 (NO): no outcome is called 'recicle'. Did you mean 'recycle'?",
        ),
        (", then: recycle", "", 3, ", reason 1 (NO): 'then' is missing. Add it."),
        ("code: NO, ", "", 3, ", reason 1: 'code' is missing. Add it."),
        ("label: Said no", "label: ''", 3, ", reason 1 (NO): 'label' is empty. Write a text there, or remove it."),
        (
            "accept:",
            "  - {code: NO, label: Once more, then: disqualify}\naccept:",
            4,
            ", reason 2 (NO): the code is already used in line 3. Give it another code.",
        ),
        ("reasons:", "reason:", 2, ": no key is called 'reason'. Did you mean 'reasons'?"),
        ('  - {id: fits, question: "Does it fit?"}', "", 4, ": 'accept' is an empty list. Write at least one item"),
        ("id: fits", "key: fits", 5, ", question 1: no key is called 'key'. "),
        ("id: fits, ", "", 5, ", question 1: 'id' is missing. Add it."),
    ],
)
def test_an_answer_that_means_nothing_is_refused(old: str, new: str, line: int, message: str) -> None:
    assert old in VALID

    with pytest.raises(ConfigRefused) as refused:
        read_answers(VALID.replace(old, new), "reasons.yaml")

    assert any(
        str(fault).startswith(f"reasons.yaml{message}") and fault.line == line and fault.remedy
        for fault in refused.value.faults
    )
