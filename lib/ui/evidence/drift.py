"""Whether scores inflate, by month."""

import streamlit as st

from lib.charts import evidence as charts_of
from lib.core.evidence.drift import drift_in_words
from lib.core.evidence.findings import Findings
from lib.ui.evidence import tables
from lib.ui.frame import elements
from lib.ui.now import present


@st.fragment
def show(answer: Findings) -> None:
    """Whether scores inflate, by month."""
    elements.section(
        "Drift",
        "drift",
        "Every hand-off is scored under one definition, so that changing it is no drift. Above the median and the "
        "middle half of the scores by month; below the accepted of the decided beside how hand-offs with such scores "
        "fared over all months. Two trends over the days chosen are tested together (Holm): the score, and acceptance "
        "at equal score.",
        present.snapshot(),
    )
    st.markdown(drift_in_words(answer.drift))
    elements.chart(charts_of.drift_by_month(answer.drift), "drift-by-month")
    elements.all_as_csv(lambda: tables.months_csv(answer), "evidence-months.csv")
