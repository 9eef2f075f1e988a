"""Invented leads look like people: from several languages, with gaps, consistent with themselves."""

import json
import unicodedata

import pandas as pd
import pytest

from lib.sample.vocabulary import FREE_MAIL
from tests.sample.conftest import Year


@pytest.fixture(scope="module")
def leads(year: Year) -> pd.DataFrame:
    return year.tables["lead"].to_pandas()


def test_names_and_titles_keep_their_letters(leads: pd.DataFrame) -> None:
    letters = set("".join(leads["first_name"].dropna()) + "".join(leads["last_name"].dropna()))

    assert {"ñ", "ü", "ç", "Ł", "é", "ã"} <= letters
    assert {"Directora de Marketing", "VP Sales", "Werkstudent", "Head of Growth", "Einkaufsleiter"} <= set(
        leads["title"].dropna()
    )


@pytest.mark.parametrize("field", ["first_name", "last_name", "title", "email", "phone", "company", "employees"])
def test_some_of_what_one_would_like_to_know_is_unknown(leads: pd.DataFrame, field: str) -> None:
    assert 0 < leads[field].isna().mean() < 0.5


def test_an_address_is_that_of_the_person(leads: pd.DataFrame) -> None:
    whole = leads[leads["first_name"].notna() & (leads["first_name"] != "asdf") & leads["email"].notna()]

    initials = [unicodedata.normalize("NFKD", name)[0].lower() for name in whole["first_name"]]

    spelt = pd.Series(initials, index=whole.index).replace("ł", "l")
    assert (whole["email"].str[0] == spelt).all()
    assert whole["email"].str.isascii().all()


def test_colleagues_share_their_company_domain_size_and_industry(leads: pd.DataFrame) -> None:
    business = leads[~leads["email"].str.endswith(FREE_MAIL, na=True)]

    by_company = business.assign(domain=business["email"].str.split("@").str[1]).groupby("company")

    assert (by_company["domain"].nunique() <= 1).all()
    assert (by_company["industry"].nunique() <= 1).all()
    of_companies = by_company["employees"].nunique()
    assert (of_companies <= 1).all()


def test_some_leads_write_from_free_mail_and_some_from_competitors(leads: pd.DataFrame) -> None:
    assert 0.03 < leads["email"].str.endswith(FREE_MAIL, na=False).mean() < 0.3
    assert leads["company"].isin(["Funnelia", "Leadwerk", "Scorepoint"]).sum() > 20


def test_landing_pages_belong_to_those_who_came_to_us(leads: pd.DataFrame) -> None:
    assert (leads["landing_page"].notna() == (leads["channel"] == "inbound")).all()
    assert set(leads["channel"]) == {"inbound", "event", "interaction"}


def test_extra_is_json_with_the_language(leads: pd.DataFrame) -> None:
    distinct = [json.loads(text) for text in leads["extra"].unique()]

    assert {extra["language"] for extra in distinct} == {"es", "de", "fr", "pt", "en", "pl"}


def test_weekends_are_quiet_and_august_is_quieter_than_october(leads: pd.DataFrame) -> None:
    by_weekday = leads["created_at"].dt.day_of_week.value_counts()
    by_month = leads["created_at"].dt.month.value_counts()

    assert by_weekday[[5, 6]].max() < by_weekday[[0, 1, 2, 3, 4]].min() / 3
    assert by_month[8] < 0.8 * by_month[10]


def test_most_leads_appear_in_their_working_hours(leads: pd.DataFrame) -> None:
    spanish = leads[leads["country"] == "ES"]["created_at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Madrid")
    american = leads[leads["country"] == "US"]["created_at"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")

    for local in (spanish, american):
        assert local.dt.hour.between(8, 18).mean() > 0.8
