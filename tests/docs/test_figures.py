"""The figures that the README tells are those of the sample, whatever day it ends on, and those that were measured."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from lib.__main__ import DONE, main
from tests.docs.documents import ROOT, section, table, text_of

TOUR = section(text_of("README.md"), "The tour")
SHIPPED = text_of("config/definition.yaml")
WEBINAR = "webinar_registered"

ENDS = ["2026-06-01", "2026-05-10", "2025-09-01"]
"""More than a week ago, so that commands look as of the sample's end and not as of today. On the first and the
last the webinar's points are against their sign; on the second, sales' decisions leave that open."""

WORDS = {"a dozen": 12}


def told(pattern: str) -> list[int]:
    """The numbers that the tour tells in these words."""
    found = re.search(pattern, TOUR)
    assert found is not None, f"the tour does not say {pattern}"
    return [WORDS[number] if number in WORDS else int(number.replace(",", "")) for number in found.groups()]


def said(*arguments: object) -> str:
    """What a command prints."""
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        status = main([*map(str, arguments), "--config", str(ROOT / "config")])
    assert status == DONE
    return printed.getvalue()


@dataclass(frozen=True)
class Sample:
    """The database that `make run` would have made on some day, and how many rows of each kind it has."""

    path: Path
    rows: dict[str, int]

    def ask(self, *arguments: object) -> Any:
        """What a command says of it, from JSON."""
        return json.loads(said(*arguments, "--json", "--db", self.path))


@pytest.fixture(scope="module", params=ENDS)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = tmp_path_factory.mktemp("figures") / "handshake.duckdb"
    leads = re.search(r"^LEADS \?= (\d+)$", text_of("Makefile"), re.MULTILINE)
    assert leads is not None
    printed = said("sample", "--leads", leads[1], "--end", request.param, "--db", path)
    return Sample(path, {kind: int(rows.replace(",", "")) for rows, kind in re.findall(r"(\d[\d,]*) (\w+)", printed)})


def test_the_tour_counts_leads_activities_and_reps(sample: Sample) -> None:
    (leads,) = told(r"([\d,]+) invented leads")
    (about,) = told(r"some ([\d,]+) activities")
    (reps,) = told(r"(a dozen|\d+) sales reps")

    assert (sample.rows["lead"], sample.rows["rep"]) == (leads, reps)
    assert sample.rows["activity"] == pytest.approx(about, rel=0.02)


def test_the_tour_says_what_registering_for_a_webinar_is_paid() -> None:
    criteria = yaml.safe_load(SHIPPED)["actions"]["criteria"]
    webinar = next(one for one in criteria if one["id"] == WEBINAR)

    assert [webinar["points"]] == told(r"pays (\d+) points for merely \*registering\* for a webinar, however often")
    assert "limit" not in webinar


def test_the_tour_says_what_the_evidence_says_of_the_webinar(sample: Sample) -> None:
    fewest, most = told(r"between (\d+) and (\d+) fewer are accepted")
    least_left, most_left = told(r"between (\d+) and (\d+) of these are left")

    webinar = next(one for one in sample.ask("evidence")["criteria"] if one["id"] == WEBINAR)

    assert fewest <= -100 * webinar["difference"] <= most
    assert least_left <= -100 * webinar["adjusted"] <= most_left


@pytest.fixture(scope="module")
def mended(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """What preview says of the shipped definition, and of it without the webinar's points at about the same volume."""
    folder = tmp_path_factory.mktemp("drafts")
    without = re.sub(rf"(id: {WEBINAR}, .*?points: )\d+", r"\g<1>0", SHIPPED)
    agreed, draft = folder / "agreed.yaml", folder / "draft.yaml"
    agreed.write_text(SHIPPED, encoding="utf-8")
    draft.write_text(without, encoding="utf-8")
    before = sample.ask("preview", "--definition", agreed)
    by_threshold = sample.ask("preview", "--definition", draft)["by_threshold"]
    lowered = max(one["threshold"] for one in by_threshold if one["qualified"] >= before["qualified"])
    draft.write_text(re.sub(r"threshold: \d+", f"threshold: {lowered}", without), encoding="utf-8")
    return before, sample.ask("preview", "--definition", draft)


def test_without_the_webinar_and_at_the_volume_of_before_more_is_accepted(mended: tuple[Any, Any]) -> None:
    before, after = mended
    was, rises = told(r"from about (\d+) % it\s+rises to about (\d+) %")

    assert after["threshold"] < before["threshold"]
    assert after["qualified"] == pytest.approx(before["qualified"], rel=0.05)
    assert after["expected"]["low95"] > before["expected"]["high95"]
    assert 100 * before["expected"]["share"] == pytest.approx(was, abs=3)
    assert 100 * after["expected"]["share"] == pytest.approx(rises, abs=3)


def test_of_what_sales_accepted_so_much_would_not_be_handed_over(mended: tuple[Any, Any]) -> None:
    (lost,) = told(r"of 100 leads that sales accepted in these weeks about (\d+) would not be handed over")

    assert 100 * (1 - mended[1]["recall"]["accepted"]) == pytest.approx(lost, abs=2)


def test_what_monday_looks_like_is_what_preview_says(mended: tuple[Any, Any]) -> None:
    leads, working_days = told(r"some ([\d,]+) leads are in stock, (\d+) working days")

    stock = mended[1]["stock"]

    assert stock["leads"] == pytest.approx(leads, rel=0.15)
    assert stock["working_days"] == pytest.approx(working_days, rel=0.15)


def test_the_suggestion_takes_the_webinars_points_away(sample: Sample) -> None:
    assert "it takes the webinar's points away" in TOUR

    suggested = sample.ask("suggest")

    assert suggested["better"]
    assert {one["id"]: one["points"] for one in suggested["points"]}[WEBINAR] == 0


def test_how_fast_it_is_was_measured_by_the_bench() -> None:
    measured = {tuple(row[1:3]) for row in table(text_of("bench/README.md"), "what")}

    assert [row for row in table(text_of("README.md"), "what") if tuple(row[1:]) not in measured] == []
