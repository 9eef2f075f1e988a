"""A small world of leads, and section 3 of the design read a second time, as plainly as can be."""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

MADRID = ZoneInfo("Europe/Madrid")

DEFINITION = """
name: A bit of everything
mql:
  threshold: 30
  require: [email]
  minimum: {profile: 5}
lists:
  free: [gmail.com, mail.com]
profile:
  cap: 30
  criteria:
    - {id: boss, label: Boss, points: 20, when: {field: title, has_word: [director, vp]}}
    - {id: size, label: Size, points: 15, when: {field: employees, between: [200, 5000]}}
    - {id: paying, label: Paying, points: 5, when: {field: extra.plan, is_not: [free]}}
channel:
  criteria:
    - {id: inbound, label: Inbound, points: 10, when: {field: channel, is: inbound}}
actions:
  cap: 40
  half_life_days: 20
  criteria:
    - {id: pricing, label: Pricing, points: 6, limit: 2, when: {kind: page_view, subject: {contains: pricing}}}
    - {id: stayed, label: Stayed, points: 9, when: {kind: webinar_attended, amount: {at_least: 30}}}
    - {id: back, label: Back, points: 11, within_days: 7, sequence: [{kind: email_click}, {kind: page_view}]}
    - {id: busy, label: Busy, points: 7, count: 3, within_days: 2, when: {kind: page_view}}
undesirables:
  criteria:
    - {id: free_mail, label: Free mail, points: -12, when: {field: email, ends_with_list: free}}
    - {id: left, label: Left, points: -15, limit: 1, when: {kind: unsubscribe}}
    - {id: rival, label: Rival, disqualify: true, when: {field: company, one_of: [Acme, Globex]}}
    - {id: spam, label: Spam, disqualify: true, when: {kind: complaint}}
"""

OTHER = DEFINITION.replace("threshold: 30", "threshold: 36").replace("points: 9,", "points: 17,")

DAY = timedelta(days=1)


@dataclass
class Somebody:
    """One row of the leads' file and the rows of the activities' file about it."""

    row: dict[str, str]
    did: list[dict[str, str]] = field(default_factory=list)


def a_small_world() -> list[Somebody]:
    """A hundred leads and what they did, many at the same instants, some before they were created."""
    draw = random.Random(11)  # noqa: S311
    texts = {
        "title": ["Director of sales", "VP, marketing", "co-director", "Vpn engineer", "Codirector", " ", ""],
        "email": ["a@firm.example", "b@firm.example", "d@mailcom", "B@GMAIL.com", "c@mail.com ", ""],
        "company": ["Initech", "Umbrella", "Acme Ltd", "ACME", "globex ", ""],
        "employees": ["199", "200", "5000", "5001", "many", ""],
        "channel": ["Inbound", " inbound ", "event", ""],
        "plan": ["free", "Pro", ""],
    }
    kinds = [*["page_view"] * 4, "webinar_attended", "webinar_attended", "email_click", "unsubscribe", "complaint"]
    subjects = ["/Pricing", "/home", "docs/pricing-faq", ""]
    people = []
    for n in range(100):
        born = datetime(2026, 1, 5, tzinfo=UTC) + draw.randrange(80) * DAY
        created = [born.date().isoformat(), born.isoformat(), born.strftime("%Y-%m-%dT%H:%M:%S+02:00")][n % 3]
        row = {"lead_id": f"p{n:02}", "created_at": created, **{name: draw.choice(of) for name, of in texts.items()}}
        did = [
            {
                "activity_id": f"p{n:02}-{m}",
                "lead_id": f"p{n:02}",
                # Halves of days: so that several fall together, and some on the edge of `within_days`.
                "occurred_at": (born + draw.randrange(-6, 40) * DAY / 2).strftime("%Y-%m-%d %H:%M:%S"),
                "kind": draw.choice(kinds if n % 8 == 0 else kinds[:8] if n % 3 == 0 else kinds[:7]),
                "subject": draw.choice(subjects),
                "amount": draw.choice(["", "29.99", "30", "45"]),
            }
            for m in range(draw.randrange(18))
        ]
        people.append(Somebody(row, did))
    return people


def read_instant(text: str) -> datetime:
    """Without an offset UTC; a date alone is midnight of the reporting zone."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=MADRID if len(text) == 10 else at.tzinfo or UTC).astimezone(UTC)


@dataclass(frozen=True)
class Hit:
    category: str
    points: int
    at: datetime
    disqualifies: bool = False


def hits_by_hand(who: Somebody, stayed_points: int) -> list[Hit]:
    """Every hit of DEFINITION, criterion by criterion."""
    value = {name: text.strip().lower() for name, text in who.row.items()}
    born = read_instant(who.row["created_at"])
    did = sorted((read_instant(one["occurred_at"]), one["activity_id"], one) for one in who.did)
    views = [at for at, _, one in did if one["kind"] == "page_view"]
    clicks = [at for at, _, one in did if one["kind"] == "email_click"]
    pricing = [at for at, _, one in did if one["kind"] == "page_view" and "pricing" in one["subject"].lower()]
    stayed = [at for at, _, one in did if one["kind"] == "webinar_attended" and float(one["amount"] or 0) >= 30]
    back = [view for view in views if any(click < view <= click + 7 * DAY for click in clicks)]
    busy = [views[n] for n in range(2, len(views)) if views[n] - views[n - 2] <= 2 * DAY]
    left = [at for at, _, one in did if one["kind"] == "unsubscribe"]
    spam = [at for at, _, one in did if one["kind"] == "complaint"]
    at_birth = (
        (re.search(r"\b(director|vp)\b", value["title"]), Hit("profile", 20, born)),
        (value["employees"] in ("200", "5000"), Hit("profile", 15, born)),
        (value["plan"] == "pro", Hit("profile", 5, born)),
        (value["channel"] == "inbound", Hit("channel", 10, born)),
        (value["email"].endswith(("gmail.com", "mail.com")), Hit("undesirables", -12, born)),
        (value["company"] in ("acme", "globex"), Hit("undesirables", 0, born, disqualifies=True)),
    )
    return [
        *(hit for holds, hit in at_birth if holds),
        *(Hit("actions", 6, at) for at in pricing[:2]),
        *(Hit("actions", stayed_points, at) for at in stayed),
        *(Hit("actions", 11, at) for at in back[:1]),
        *(Hit("actions", 7, at) for at in busy[:1]),
        *(Hit("undesirables", -15, at) for at in left[:1]),
        *(Hit("undesirables", 0, at, disqualifies=True) for at in spam),
    ]


@dataclass(frozen=True)
class ByHand:
    """A lead's values as of an instant, and every look at it: when, with which score, gates open or not."""

    values: dict[str, float]
    disqualified: bool
    looks: list[tuple[datetime, int, bool]]

    def qualified(self, threshold: int) -> tuple[datetime, int] | None:
        return next(((at, score) for at, score, is_open in self.looks if is_open and score >= threshold), None)


def score_by_hand(who: Somebody, as_of: datetime, stayed_points: int = 9) -> ByHand | None:
    """None when the lead is not known by then."""
    born = read_instant(who.row["created_at"])
    if born > as_of:
        return None
    hits = hits_by_hand(who, stayed_points)

    def values(at: datetime) -> dict[str, float]:
        sums = dict.fromkeys(("profile", "channel", "actions", "undesirables"), 0.0)
        for hit in hits:
            if hit.at <= at:
                fades = 2.0 ** -((at - hit.at) / DAY / 20) if hit.category == "actions" else 1.0
                sums[hit.category] += hit.points * fades
        return {**sums, "profile": min(30, sums["profile"]), "actions": min(40, sums["actions"])}

    def out(at: datetime) -> bool:
        return any(hit.disqualifies and hit.at <= at for hit in hits)

    looks = []
    for at in sorted({born, *(hit.at for hit in hits if born < hit.at <= as_of)}):
        now = values(at)
        is_open = bool(who.row["email"].strip()) and now["profile"] >= 5 and not out(at)
        looks.append((at, floor(sum(now.values()) + 1e-9), is_open))
    return ByHand(values(as_of), out(as_of), looks)


def newest_instant(people: list[Somebody]) -> datetime:
    return max(read_instant(one["occurred_at"]) for who in people for one in who.did)


def qualified_by_hand(people: list[Somebody], stayed_points: int, threshold: int) -> dict[str, tuple[datetime, int]]:
    """Who qualifies up to the newest instant of the data: when, and with which score."""
    newest = newest_instant(people)
    found = {who.row["lead_id"]: score_by_hand(who, newest, stayed_points) for who in people}
    return {name: at for name, one in found.items() if one and (at := one.qualified(threshold))}


def monday_of(at: datetime) -> date:
    """The Monday of the instant's week in the reporting zone."""
    day = at.astimezone(MADRID).date()
    return day - timedelta(days=day.weekday())


def text_by_hand(found: tuple[datetime, int] | None) -> str:
    return found[0].strftime("%Y-%m-%dT%H:%M:%SZ") if found else ""
