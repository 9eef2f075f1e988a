"""The easier job in DuckDB, Polars, pandas and ClickHouse, each in several ways of which the fastest counts.

`python -m bench.tools.peers NAME FOLDER RUNS` reads the hits that `bench.replay` wrote into the folder.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

from bench.tools.measured import timed

Weeks = list[int]


@dataclass(frozen=True)
class Asked:
    """h hits sorted by lead and instant, the points of each criterion, one threshold, the weeks' edges."""

    lead: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    criterion: npt.NDArray[np.uint8]
    points: list[int]
    threshold: int
    edges: list[int]


# Each begins from the sorted hits and nothing else: what else it wants to know of them, it has to find.
Ways = dict[str, Callable[[list[int]], Weeks]]
"""How a tool can be asked: by name, a function of the points to the leads that first reach the threshold each week."""


def duckdb(asked: Asked) -> Ways:
    import duckdb as tool

    database = tool.connect()
    database.register("given", {"lead": asked.lead, "instant": asked.at, "criterion": asked.criterion})
    database.register("edges", {"instant": np.array(asked.edges), "week": np.arange(len(asked.edges))})
    database.execute(
        """
        create table hit as
        select *, row_number() over () as place from given;
        create table edge as select * from edges;
        create table per_lead as
        select lead, list(instant order by place) as instants, list(criterion order by place) as criteria
        from hit group by lead
        """
    )
    partitioned = """
        select lead, min(instant) as instant from (
            select lead, instant,
                sum($points[criterion + 1]) over (partition by lead order by place rows unbounded preceding) as total
            from hit
        ) where total >= $threshold group by lead
    """
    # Without partitions a window streams: the sum over all leads, less what it was before the lead's first hit.
    streamed = """
        select lead, min(instant) as instant from (
            select lead, instant, sum($points[criterion + 1]) over (rows unbounded preceding) as total from hit
        ) join (
            select lead, total - gives as before from (
                select lead, lead is distinct from lag(lead) over () as is_first, $points[criterion + 1] as gives,
                    sum($points[criterion + 1]) over (rows unbounded preceding) as total
                from hit
            ) where is_first
        ) using (lead)
        where total - before >= $threshold group by lead
    """
    listed = """
        select lead, instants[place] as instant from (
            select lead, instants, list_position(
                list_transform(
                    criteria,
                    lambda criterion, n: list_sum(
                        list_transform(criteria[:n], lambda earlier: $points[earlier + 1])
                    ) >= $threshold
                ),
                true
            ) as place
            from per_lead
        ) where place > 0
    """

    def weeks(qualified: str, points: list[int]) -> Weeks:
        query = f"""
            select week, count(*) from ({qualified}) as qualified asof join edge on qualified.instant >= edge.instant
            where qualified.instant < $last group by week
        """
        given = {"points": points, "threshold": asked.threshold, "last": asked.edges[-1]}
        counts = dict(database.execute(query, given).fetchall())
        return [counts.get(week, 0) for week in range(len(asked.edges) - 1)]

    return {
        "window": lambda points: weeks(partitioned, points),
        "one running sum": lambda points: weeks(streamed, points),
        "lists": lambda points: weeks(listed, points),
    }


def polars(asked: Asked) -> Ways:
    import polars as tool

    hits = tool.DataFrame({"lead": asked.lead, "at": asked.at, "criterion": asked.criterion}).with_columns(
        tool.col("lead").set_sorted()
    )

    def given(points: list[int]) -> tool.Series:
        return tool.Series(points, dtype=tool.Int32).gather(hits["criterion"])

    def grouped(points: list[int]) -> Weeks:
        reached = (
            hits.lazy()
            .with_columns(total=given(points))
            .with_columns(tool.col("total").cum_sum().over("lead"))
            .filter(tool.col("total") >= asked.threshold)
            .group_by("lead")
            .agg(tool.col("at").min())
            .collect()
        )
        return _by_week(reached["at"].to_numpy(), asked.edges)

    def one_sum(points: list[int]) -> Weeks:
        gives = given(points)
        total = gives.cum_sum()
        begins = (hits["lead"] != hits["lead"].shift(1, fill_value=-1)).arg_true()
        lengths = tool.concat([begins[1:], tool.Series([len(hits)], dtype=tool.UInt32)]) - begins
        before = (total - gives).gather(begins).repeat_by(lengths).explode()
        reached = hits.filter(total - before >= asked.threshold)
        newest = reached.filter(reached["lead"] != reached["lead"].shift(1, fill_value=-1))
        return _by_week(newest["at"].to_numpy(), asked.edges)

    return {"grouped": grouped, "one running sum": one_sum}


def pandas(asked: Asked) -> Ways:
    import pandas as tool

    hits = tool.DataFrame({"lead": asked.lead, "at": asked.at, "criterion": asked.criterion})

    def grouped(points: list[int]) -> Weeks:
        gives = tool.Series(np.array(points)[asked.criterion])
        reached = hits[gives.groupby(hits["lead"], sort=False).cumsum() >= asked.threshold]
        return _by_week(reached.drop_duplicates("lead")["at"].to_numpy(), asked.edges)

    def one_sum(points: list[int]) -> Weeks:
        gives = tool.Series(np.array(points)[asked.criterion])
        total = gives.cumsum()
        begins = np.flatnonzero(np.diff(asked.lead, prepend=-1))
        before = (total - gives).to_numpy()[begins].repeat(np.diff(np.append(begins, len(hits))))
        reached = hits[total.to_numpy() - before >= asked.threshold]
        return _by_week(reached.drop_duplicates("lead")["at"].to_numpy(), asked.edges)

    return {"grouped": grouped, "one running sum": one_sum}


def clickhouse(asked: Asked) -> Ways:
    import pyarrow as pa
    from chdb.session import Session

    session = Session()
    begins = np.flatnonzero(np.diff(asked.lead, prepend=-1))
    offsets = pa.array(np.append(begins, len(asked.lead)).astype(np.int32))
    hit = pa.table(
        {
            "lead": asked.lead[begins],
            "ats": pa.ListArray.from_arrays(offsets, pa.array(asked.at)),
            "criteria": pa.ListArray.from_arrays(offsets, pa.array(asked.criterion)),
        }
    )
    session.query("create database bench")
    session.query(
        "create table bench.hit (lead Int32, ats Array(Int64), criteria Array(UInt8)) engine = MergeTree order by lead"
    )
    globals()["clickhouse_hit"] = hit
    session.query("insert into bench.hit select lead, ats, criteria from Python(clickhouse_hit)")
    session.query("optimize table bench.hit final")
    edges = ", ".join(map(str, asked.edges))

    def arrays(points: list[int]) -> Weeks:
        gives = ", ".join(map(str, points))
        query = f"""
            with [{gives}]::Array(Int32) as points
            select week, count() from (
                select
                    arrayFirstIndex(
                        total -> total >= {asked.threshold},
                        arrayCumSum(arrayMap(criterion -> points[criterion + 1], criteria))
                    ) as place,
                    ats[place] as at,
                    toUInt32(arrayCount(edge -> edge <= at, [{edges}]::Array(Int64))) as week
                from bench.hit
                where place > 0 and at >= {asked.edges[0]} and at < {asked.edges[-1]}
            ) group by week format JSONCompactEachRow
        """
        lines = str(session.query(query)).splitlines()
        counts = {int(week): int(count) for week, count in map(json.loads, lines)}
        return [counts.get(week, 0) for week in range(1, len(asked.edges))]

    return {"arrays": arrays}


PEERS: dict[str, Callable[[Asked], Ways]] = {
    "duckdb": duckdb,
    "polars": polars,
    "pandas": pandas,
    "clickhouse": clickhouse,
}


def _by_week(at: npt.NDArray[np.int64], edges: list[int]) -> Weeks:
    inside = at[(at >= edges[0]) & (at < edges[-1])]
    weeks: Weeks = np.bincount(np.searchsorted(edges, inside, side="right") - 1, minlength=len(edges) - 1).tolist()
    return weeks


def main(name: str, folder: Path, runs: int) -> None:
    """Print the fastest way's median milliseconds and its weeks, after checking that all ways agree."""
    said = json.loads((folder / "asked.json").read_text())
    hits = {column: np.load(folder / f"{column}.npy") for column in ("lead", "at", "criterion")}
    asked = Asked(**hits, **said)
    took: dict[str, float] = {}
    weeks: dict[str, Weeks] = {}
    for way, work in PEERS[name](asked).items():
        weeks[way] = work(asked.points)
        # Other points each time, as where a weight moves: nothing can be remembered.
        drafts = [[*asked.points[:-1], asked.points[-1] + n] for n in range(1, runs + 1)]
        took[way] = median(timed(partial(work, draft))[0] for draft in drafts)
    answers = list(weeks.values())
    if any(answer != answers[0] for answer in answers):
        raise AssertionError(f"{name}: its ways disagree: {weeks}")
    best = min(took, key=lambda way: took[way])
    print(json.dumps({"ms": took[best], "way": best, "by_week": weeks[best], "ways_ms": took}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
