"""What a file that arrives is taken for: by a mapping, or by our own column names."""

from pathlib import Path

import pytest

from lib.app.arrivals import Arrival, arrive, read_as, together
from lib.config.folder import SHIPPED, read_folder, read_sources, save_source, sources_as_of
from lib.core.errors import ConfigRefused
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from tests.store.conftest import Write

SOURCES = read_folder(SHIPPED).sources


def names(arrival: Arrival) -> list[str]:
    return [way.name for way in arrival.ways]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("lead_id,created_at,email\na,2026-03-01,a@b.example\n", "lead"),
        ("lead_id,occurred_at,kind,subject\na,2026-03-01,page_view,pricing\n", "activity"),
        ("lead_id,occurred_at,kind,actor\na,2026-03-01,accepted,ana\nb,2026-03-01,mql,\n", "handoff_event"),
        ("lead_id,occurred_at,kind\na,2026-03-01,page_view\n", "activity"),
        ("rep_id,name\na,Ana\n", "rep"),
        ("month,metric,target\n2026-03,mql,10\n", "goal"),
        ("month,channel,amount\n2026-03,event,10\n", "spend"),
    ],
)
def test_a_file_with_our_column_names_is_taken_for_the_table_it_names_most_of(
    write: Write, content: str, kind: str
) -> None:
    arrival = arrive(write("dropped.csv", content), SOURCES)

    assert names(arrival)[0] == kind
    assert read_as(arrival, arrival.ways[0]).feeds[0].table.name == kind


def test_a_file_of_a_mapped_system_is_known_by_its_headings(write: Write) -> None:
    arrival = arrive(
        write("x.csv", "mql_id,first_contact_date,landing_page_id,origin\n1,2018-01-01,p,social\n"), SOURCES
    )

    assert names(arrival) == ["olist"]
    assert [feed.table.name for feed in read_as(arrival, arrival.ways[0]).feeds] == ["lead", "handoff_event"]


def test_a_file_nobody_knows_can_be_read_in_no_way(write: Write) -> None:
    assert arrive(write("x.csv", "Nombre;Empresa\nAna;Acme\n"), SOURCES).ways == ()


def test_files_together_are_called_by_what_each_is_once(write: Write) -> None:
    ways = arrive(write("x.csv", "rep_id,name\na,Ana\n"), SOURCES).ways

    assert together([*ways, *ways]) == "rep"


def test_a_saved_mapping_is_read_with_the_others_and_no_other_is_replaced(tmp_path: Path) -> None:
    mapping = FileMapping(headings=(("Nr",),), tables=(TableMapping("lead", {"lead_id": ("Nr",)}),))
    source = Source("Ours", (mapping,))

    path = save_source(tmp_path, "ours", source)

    found, faults = read_sources(path for path, _ in sources_as_of(tmp_path))
    assert (found["ours"], faults) == (source, ())
    assert set(found) == {"ours", *SOURCES}
    for taken in ("ours", "olist"):
        with pytest.raises(ConfigRefused, match="there is a mapping of that name"):
            save_source(tmp_path, taken, source)
    path.write_text("files: nonsense")
    found, faults = read_sources(path for path, _ in sources_as_of(tmp_path))
    assert "olist" in found
    assert faults


@pytest.mark.parametrize("name", ["", "../up", "Ours", "a b", "ours.yaml", "x" * 61])
def test_a_name_that_is_none_for_a_file_is_refused(tmp_path: Path, name: str) -> None:
    source = Source("Ours", (FileMapping(headings=(("Nr",),), tables=(TableMapping("lead", {"lead_id": ("Nr",)}),)),))

    with pytest.raises(ConfigRefused, match="is no name for a mapping"):
        save_source(tmp_path, name, source)

    assert list(tmp_path.iterdir()) == []
