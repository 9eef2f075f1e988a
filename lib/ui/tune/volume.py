"""What a draft brings: the row of figures, the charts, and who changes sides. Each is redrawn on its own."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import streamlit as st

from lib.app import outlook
from lib.app.handoffs import going_live
from lib.app.snapshot import Snapshot
from lib.charts import consequences as consequence_charts
from lib.charts import tune as charts_of
from lib.charts.rates import said
from lib.core.consequences import in_words as consequences_of
from lib.core.consequences.expected import Expected
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Category
from lib.core.definition.words import labels
from lib.core.handoffs.recall import recall_in_words
from lib.core.replay.preview import Move, Preview, Volume
from lib.core.sla.capacity import load_in_words
from lib.core.statistics.rates import rate
from lib.ui.frame import bases, elements
from lib.ui.frame import known_when as history
from lib.ui.frame.window import looked_at
from lib.ui.now import present
from lib.ui.tune import below_line, link, machines, tuning, widgets
from lib.ui.tune import movers as movers_table

MOVERS_SHOWN = 200

MOVER_INSTANTS = {
    Move.GAINED: ("qualified", "score"),
    Move.LOST: ("agreed",),
    Move.KEPT: ("qualified", "agreed", "score"),
}
"""The columns that say when, by change: what never happened needs no column."""

CHANGE_WORDS = {
    Move.GAINED: "handed over only under the draft",
    Move.LOST: "handed over only as agreed",
    Move.KEPT: "handed over under both",
}


AGAIN_HELP = (
    "Qualified: leads that reach the threshold for the first time, each once, in that week; who did before the window "
    "does not count. Again: leads that sales sent back to nurturing, at the first time after it that what they did "
    "since reaches the threshold. Customers are left out of both."
)

_turn = Lock()


@contextmanager
def _in_turn() -> Iterator[None]:
    """What takes longest is worked out for one visitor at a time: everybody's figures come first.

    Whoever has moved on while waiting gives the turn up at once: the container asks for a newer run.
    """
    with _turn, st.container():
        yield


@st.fragment(key=widgets.FIGURES)
def figures() -> None:
    """The draft's volume beside the agreed one, in a sentence and five figures."""
    snapshot = present.snapshot()
    compared, drafted, agreed = _compared(snapshot)
    weeks = compared.window.length_weeks
    more = drafted.mqls - agreed.mqls
    st.markdown(_sentence(drafted, agreed, weeks))
    with st.grid(6, min_column_width=140):
        elements.figure(
            "MQLs a week",
            elements.rate(drafted.mqls / weeks),
            delta=more,
            beside=f"{elements.signed(elements.rate(more / weeks), more)}, agreed {elements.rate(agreed.mqls / weeks)}",
            explanation=f"Qualified and again, divided by the window's length in weeks. {AGAIN_HELP}",
        )
        elements.figure(
            "In the window",
            f"{drafted.mqls:,}",
            delta=more,
            beside=f"{elements.signed(f'{more:,}', more)}, agreed {agreed.mqls:,}",
            explanation=f"{_by_basis(drafted)} from {compared.window.start} to {compared.window.last_day}, replayed "
            f"over every activity up to now; as agreed {agreed.qualified:,} and {agreed.again:,}. "
            f"{bases.others(bases.QUALIFIED)}",
        )
        elements.figure(
            "Gained",
            f"{drafted.gained:,}",
            beside="new MQLs",
            explanation="Leads that first qualify within the window under the draft, and not under the agreed "
            "definition.",
        )
        elements.figure(
            "Lost",
            f"{drafted.lost:,}",
            beside="no longer MQLs",
            explanation="Leads that first qualify within the window under the agreed definition, and not under the "
            "draft.",
        )
        _accepted(snapshot, compared)
        _load(snapshot, compared)
    st.caption(f"In the window {_by_basis(drafted)}.", help=f"{AGAIN_HELP} {bases.others(bases.QUALIFIED)}")


def _accepted(snapshot: Snapshot, compared: Preview) -> None:
    draft = tuning.tuning().draft
    consequences = outlook.consequences(snapshot, draft, compared.window)
    expected, agreed = consequences.expected(draft.threshold), outlook.agreed_expected(snapshot, compared.window)
    value, beside, difference = accepted_beside_agreed(expected, agreed)
    elements.figure(
        "Accepted",
        value,
        delta=difference,
        beside=beside,
        explanation=elements.plain(
            consequences_of.acceptance_in_words(expected, consequences.standing(), labels(snapshot.definition, draft))
        ),
    )


def accepted_beside_agreed(expected: Expected, agreed: Expected) -> tuple[str, str, float]:
    """The share with its ±, what stands beside it, and the difference to the agreed one where it is none of chance.

    Where acceptance moved, both are as sales judges today. Without a figure, what sales made of the first hand-offs
    so far, which are the agreed definition's and not the draft's.
    """
    share, beside = expected.promised, agreed.promised
    if share is None:
        so_far = rate(expected.reached_by_decided, expected.decided)
        return "no figure", f"so far {said(so_far)}" if so_far.trials else "nobody decided yet", 0.0
    value = f"{elements.percent(share.share)} ± {100 * share.margin:.0f}"
    if expected.today is not None and expected.said is not None:
        value += " today"
    if beside is None:
        return value, "as agreed: no figure", 0.0
    more = share.share - beside.share
    noise = abs(more) <= max(share.margin, beside.margin)
    return value, f"agreed {elements.percent(beside.share)}", 0.0 if noise else more


def _load(snapshot: Snapshot, compared: Preview) -> None:
    load = outlook.load(snapshot, tuning.tuning().draft, compared.window)
    if load.per_working_day is None:
        value, beside = "–", "no working day in the window"
    elif load.share is None:
        value, beside = f"{load.per_working_day:,.1f}", "a working day; capacity unknown"
    else:
        value = elements.percent(load.share)
        beside = f"{load.per_working_day:,.0f} of {load.capacity_per_working_day:,.0f} a day"
    elements.figure(
        "Sales' load",
        value,
        beside=beside,
        explanation="Leads that qualify a working day of the window and those that come again "
        f"({load.again_per_working_day or 0.0:,.1f} a day), against what all reps together can answer in one.",
    )


def _compared(snapshot: Snapshot) -> tuple[Preview, Volume, Volume]:
    draft = tuning.tuning().draft
    compared = outlook.preview(snapshot, draft, looked_at())
    return compared, compared.volume(draft.threshold), compared.agreed_volume


def _by_basis(volume: Volume) -> str:
    return f"{volume.qualified:,} qualified and {volume.again:,} again"


def _sentence(drafted: Volume, agreed: Volume, weeks: float) -> str:
    a_week = elements.rate(drafted.mqls / weeks)
    volume = f"#### At **{drafted.threshold} points** this draft hands over **{a_week} MQLs a week**"
    if drafted.again:
        volume += f", {elements.rate(drafted.again / weeks)} of them again"
    more = drafted.mqls - agreed.mqls
    if drafted.gained == drafted.lost == more == 0:
        return f"{volume}, the same leads as the agreed definition."
    difference = f"{elements.rate(abs(more) / weeks)} a week {'more' if more > 0 else 'fewer'} than agreed"
    compared = difference if more else "as many as agreed"
    return f"{volume}, {compared}: **{drafted.gained:,}** leads gained, **{drafted.lost:,}** lost."


@st.fragment(key=widgets.CHARTS)
def charts() -> None:
    """Volume by week and by threshold."""
    # Here and not with the figures: the browser redraws its whole frame for a new address.
    link.write()
    snapshot = present.snapshot()
    compared, drafted, agreed = _compared(snapshot)
    elements.chart(
        charts_of.mqls_by_week(
            compared.window.weeks,
            drafted.mqls_by_week,
            agreed.mqls_by_week,
            drafted.again_by_week,
            outlook.goal_per_week(snapshot, compared.window),
        ),
        key="by-week",
    )
    elements.chart(
        charts_of.mqls_by_threshold(*compared.by_threshold(), drafted.threshold, agreed.threshold), key="by-threshold"
    )


@st.fragment(key=widgets.DETAILS)
def details() -> None:
    """Whether sales would accept them and can answer them, and where the points come from."""
    with _in_turn():
        _details()


FURTHER_HELP = (
    "Found as acceptance is, from hand-offs older than 90 days alone, so that each had its time. Money is the expected "
    "wins times the mean amount won; below 30 wins nothing is expected, and the counts so far stand alone."
)

LOAD_HELP = (
    "The leads of this threshold, as they qualify or come again, go to whichever rep is free first: each takes as many "
    "a working day as its capacity, on its own calendar. A decision then takes as long as sales was seen to need, what "
    "waiting for one's turn explains taken off; the interval is of whole runs with that pace drawn anew. Nobody waits "
    "when the window begins."
)


def _details() -> None:
    snapshot = present.snapshot()
    compared, drafted, agreed = _compared(snapshot)
    draft = tuning.tuning().draft
    consequences = outlook.consequences(snapshot, draft, compared.window)
    expected = consequences.expected(drafted.threshold)
    as_agreed = outlook.consequences(snapshot, snapshot.definition, compared.window)
    # All of it is worked out before any of it is sent: meanwhile the browser draws the charts above, which it would
    # otherwise draw together with these.
    burden, answering = (
        outlook.load(snapshot, draft, compared.window),
        outlook.answering(snapshot, draft, compared.window),
    )
    bins = outlook.score_bins(snapshot, draft)
    live = going_live.going_live(snapshot, draft)
    machines.worth(snapshot, drafted)
    elements.chart(
        consequence_charts.trade_off(
            consequences.promised_trade_off(),
            as_agreed.promised_trade_off(),
            drafted.threshold,
            agreed.threshold,
            nothing=consequences_of.why_none_in_words(expected, consequences.standing()),
        ),
        key="trade-off",
    )
    elements.chart(
        consequence_charts.acceptance_by_band(consequences.bands, drafted.threshold, agreed.threshold), key="bands"
    )
    of = outlook.known_when(snapshot, draft, compared.window)
    history.caption(
        [consequences_of.resting_in_words(of), consequences_of.changed_after_in_words(of, history.HANDED_OVER)]
    )
    sql, won = (consequences.expected(drafted.threshold, stage) for stage in (Stage.SQL, Stage.WON))
    worth = consequences.amount(drafted.threshold)
    further = consequences_of.further_in_words(sql, won, worth, snapshot.handoffs.currency)
    st.caption(elements.plain(further), help=FURTHER_HELP)
    below_line.beyond(consequences, drafted.threshold)
    st.caption(load_in_words(burden, answering), help=LOAD_HELP)
    st.caption(f"Going live: {live.in_words} Handed over of it: {going_live.BY_DEFAULT}")
    elements.chart(
        charts_of.score_distribution(
            [one.low for one in bins],
            {category: [one.mean[category] for one in bins] for category in Category},
            [one.leads for one in bins],
            draft.threshold,
        ),
        key="scores",
    )


@st.fragment(key=widgets.MOVERS)
def movers() -> None:
    """Who changes sides, the newest first, each a click from its page."""
    with _in_turn():
        _movers()


def _movers() -> None:
    snapshot = present.snapshot()
    _, drafted, _ = _compared(snapshot)
    draft = tuning.tuning().draft
    st.markdown("**Who changes sides?**")
    missed, currency = outlook.missed(snapshot, draft, looked_at()), snapshot.handoffs.currency
    st.caption(
        elements.plain(movers_table.missed_in_words(missed, currency)),
        help=f"{recall_in_words(missed.recall, missed.against_recall)} Handed over for the first time or again; "
        "hand-offs of those who were customers already are left out. Lost are those handed over as agreed, and not by "
        "the draft.",
    )
    counts = {Move.GAINED: drafted.gained, Move.LOST: drafted.lost, Move.KEPT: drafted.kept}
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        change = st.segmented_control(
            "Who changes sides?",
            list(counts),
            default=Move.GAINED,
            format_func=lambda one: f"{one.value} {counts[one]:,}",
            label_visibility="collapsed",
            required=True,
            key="which-movers",
        )
        st.download_button(
            "All as CSV",
            _all_as_csv,
            "leads-changing-sides.csv",
            "text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
    if not counts[change]:
        st.caption(f"No lead is {CHANGE_WORDS[change]}.")
        return
    worth = outlook.worth_of(snapshot, draft, looked_at(), change)
    st.caption(
        f"Of the {counts[change]:,} {change.value}: {elements.plain(movers_table.worth_in_words(worth, currency))}."
    )
    shown = movers_table.table(snapshot, draft, looked_at(), change, MOVERS_SHOWN, tuning.tuning().name)
    st.dataframe(
        shown,
        key="movers-table",
        hide_index=True,
        height=320,
        alt=f"Leads {CHANGE_WORDS[change]}, the newest first",
        column_order=["page", "name", *MOVER_INSTANTS[change], "because", "sales", "worth", "company", "title"],
        column_config={
            "page": st.column_config.LinkColumn(
                "Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"
            ),
            "name": "Name",
            "company": "Company",
            "title": "Title",
            "qualified": st.column_config.DatetimeColumn("Qualifies", format="D MMM YYYY", help="Under the draft"),
            "agreed": st.column_config.DatetimeColumn(
                "As agreed", format="D MMM YYYY", help="Under the agreed definition"
            ),
            "score": st.column_config.NumberColumn("Score", help="Under the draft, when it qualifies"),
            "sales": st.column_config.TextColumn(
                "Sales made of it",
                help="How far the lead came by its hand-offs of these weeks, as of now; – where it had none",
            ),
            "worth": st.column_config.TextColumn("Worth", alignment="right", help="The amount won"),
            "because": st.column_config.TextColumn(
                "Because of", help="The criterion whose points differ most between the two when it is decided"
            ),
        },
    )
    if counts[change] > MOVERS_SHOWN:
        st.caption(f"The newest {MOVERS_SHOWN} of {counts[change]:,}; all of them are in the CSV.")


def _all_as_csv() -> io.BytesIO:
    return movers_table.csv(present.snapshot(), tuning.tuning().draft, looked_at())
