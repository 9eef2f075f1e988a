"""Whom a provider's word makes whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.access.claims import NotLetIn, Provider, auth_time, signed_in
from lib.core.access.people import Identity, Others, People, Person, Place, Side, SignedIn
from lib.core.access.rights import RIGHTS, Right, Role, rights_of

COMPANY = Provider("company", "https://id.example.com", "handshake", "SECRET", ("example.com",), "groups")
ISSUER = "https://id.example.com"
CLAIMS = {"iss": ISSUER, "sub": "17", "email": "ana@example.com", "email_verified": True, "name": "Ana R"}

ANA = Person("Ana Ruiz", Side.SALES, "ana@example.com")
BO = Person("Bo Lind", Side.MARKETING, "bo@example.com", identities=(Identity(ISSUER, "4"),))
SALES_LEADS = Others(Place(Side.SALES), group="sales-leads")
COLLEAGUES = Others(Place(None, frozenset({Role.VIEWER})), domain="example.com")
EVERYBODY = People((ANA, BO), (SALES_LEADS, COLLEAGUES))


def who(**claims: object) -> SignedIn:
    return signed_in(COMPANY, {**CLAIMS, **claims})


def test_a_person_is_issuer_and_subject() -> None:
    assert who().identity == Identity(ISSUER, "17")


@pytest.mark.parametrize("missing", ["iss", "sub"])
def test_who_has_neither_is_nobody(missing: str) -> None:
    with pytest.raises(NotLetIn, match="company does not say who signed in"):
        signed_in(COMPANY, {**CLAIMS, missing: None})


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({}, "ana@example.com"),
        ({"email_verified": "true"}, "ana@example.com"),
        ({"email": "ana@EXAMPLE.com"}, "ana@EXAMPLE.com"),
        ({"email_verified": False}, None),
        ({"email_verified": "false"}, None),
        ({"email_verified": 1.0}, None),
        ({"email_verified": None}, None),
        ({"email": "ana@example.com.evil.example"}, None),
        ({"email": "ana@evil.example"}, None),
        ({"email": "ana@evil.example@example.com"}, None),
        ({"email": ["ana@example.com"]}, None),
        ({"email": ""}, None),
    ],
)
def test_an_email_counts_where_it_is_verified_by_who_may_vouch_for_its_domain(
    claims: dict[str, object], email: str | None
) -> None:
    assert who(**claims).email == email


def test_without_a_domain_named_no_email_counts() -> None:
    assert signed_in(Provider("any", "", "", "", emails=()), CLAIMS).email is None
    assert signed_in(Provider("any", "", "", "", emails=("*",)), CLAIMS).email == "ana@example.com"


@pytest.mark.parametrize(
    ("written", "groups"), [(["a", "b"], ("a", "b")), ("a", ("a",)), ([1, "a"], ("a",)), (None, ()), ({"a": 1}, ())]
)
def test_groups_are_the_texts_of_the_claim_that_is_named(written: object, groups: tuple[str, ...]) -> None:
    assert who(groups=written).groups == groups


@pytest.mark.parametrize(("written", "at"), [(17, 17), (17.9, 17), ("17", None), (True, None), (None, None)])
def test_when_somebody_proved_who_they_are_is_a_number(written: object, at: int | None) -> None:
    assert auth_time({"auth_time": written}) == at


def test_the_first_with_an_email_of_the_file_is_that_person_and_a_later_one_is_not() -> None:
    first, later = who(), who(sub="18")

    assert EVERYBODY.of(first, {}) == ANA
    assert EVERYBODY.of(first, {"ana@example.com": first.identity}) == ANA
    assert EVERYBODY.of(later, {"ana@example.com": first.identity}) is None


def test_an_identity_of_the_file_is_the_operators_word_and_counts_above_any_email() -> None:
    bo = who(sub="4", email="ana@example.com")

    assert EVERYBODY.of(bo, {}) == BO


def test_by_the_email_of_a_person_whose_identity_the_file_names_nobody_else_is_that_person() -> None:
    came = EVERYBODY.of(who(sub="99", email="bo@example.com"), {})

    # Their domain lets them in, as what it is let in as.
    assert came is not None
    assert (came.side, came.roles) == (None, frozenset({Role.VIEWER}))


def test_whom_nobody_names_is_what_their_group_is_and_else_what_their_domain_is() -> None:
    of_group = EVERYBODY.of(who(sub="5", email="cy@example.com", groups=["x", "sales-leads"]), {})
    of_domain = EVERYBODY.of(who(sub="6", email="cy@example.com"), {})
    stranger = EVERYBODY.of(who(sub="7", email="cy@elsewhere.example"), {})

    assert of_group is not None
    assert of_domain is not None
    assert (of_group.side, of_group.roles) == (Side.SALES, frozenset({Role.LEAD}))
    assert (of_domain.side, of_domain.roles) == (None, frozenset({Role.VIEWER}))
    assert stranger is None


def test_whoever_calls_themself_like_a_person_of_the_file_is_not_called_so_here() -> None:
    came = EVERYBODY.of(who(sub="8", email="eve@example.com", name=" ana  ruiz"), {})
    named = EVERYBODY.of(who(sub="8", email="eve@example.com", name="ANA RUIZ"), {})

    assert came is not None
    assert named is not None
    assert named.name == "ANA RUIZ (eve@example.com)"


@given(
    st.sets(st.sampled_from(list(Role))),
    st.booleans(),
    st.booleans(),
)
def test_only_sales_answers_only_a_side_signs_and_nobody_has_more_than_their_roles_say(
    roles: set[Role], answers: bool, has_side: bool
) -> None:
    rights = rights_of(roles, answers=answers, has_side=has_side)

    assert rights <= {right for role in roles for right in RIGHTS[role]}
    assert answers or Right.ANSWER not in rights
    assert has_side or not rights & {Right.PROPOSE, Right.SIGN}


def test_who_only_looks_may_nothing_else() -> None:
    assert rights_of({Role.VIEWER}, answers=True, has_side=True) == frozenset()
