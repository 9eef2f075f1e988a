"""The command that says what is wrong with the data, by kind and cause, and shows the cases."""

import argparse

from lib.cli.shell import context, output
from lib.cli.shell.options import Commands, whole_number
from lib.core.exchange.spreadsheet import write_csv
from lib.core.handoffs.problems import Problem, ProblemGroup, ProblemKind
from lib.core.time import clock

CASES_SHOWN = 100


def add_commands(commands: Commands) -> None:
    telling = commands.add("problems", problems)
    telling.add_argument("--kind", type=_kind, metavar="K", help=f"the cases of one kind: {_kinds()}")
    telling.add_argument(
        "--most",
        type=whole_number(1),
        default=CASES_SHOWN,
        metavar="N",
        help="with --kind, no more cases than these (default %(default)s)",
    )
    telling.add_argument("--out", metavar="FILE.csv", help="every case, of one kind or of all, as a file")
    telling.add_argument("--json", action="store_true")


def _kinds() -> str:
    return ", ".join(kind.value.replace(" ", "-") for kind in ProblemKind)


def _kind(text: str) -> ProblemKind:
    try:
        return ProblemKind(text.strip().lower().replace("-", " ").replace("_", " "))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no kind of problem; there are {_kinds()}") from error


def problems(chosen: argparse.Namespace) -> None:
    """What is wrong with the data by kind and cause, with an example and the remedy; with --kind the cases."""
    from lib.store.handoffs.problems import load_problems, problem_groups

    config = context.config(chosen)
    reasons, money = [reason.code for reason in config.answers.reasons], config.app.money
    with context.database(chosen, config) as database:
        as_of = context.as_of(chosen, config, database)
        groups = problem_groups(database, as_of, reasons, chosen.kind, money=money)
        cases = load_problems(database, as_of, reasons, chosen.kind, chosen.most, money=money) if chosen.kind else ()
        every = load_problems(database, as_of, reasons, chosen.kind, money=money) if chosen.out else ()
    if chosen.out:
        _write(chosen, every)
    count = sum(group.count for group in groups)
    if chosen.json:
        said: dict[str, object] = {
            "as_of": clock.instant_text(as_of),
            "count": count,
            "groups": [_group_json(group) for group in groups],
        }
        if chosen.kind:
            said |= {"problems": [_json(one) for one in cases], "more": count - len(cases)}
        output.print_json(chosen, said)
        return
    lines = [line for group in groups for line in _group_text(group)]
    if chosen.kind:
        lines += [f"{f'{one.lead_id}: ' if one.lead_id else ''}{one.sentence}" for one in cases]
        if count > len(cases):
            lines.append(f"and {count - len(cases):,} more; --most {count} shows them all, --out FILE.csv writes them")
    total = f"{count:,} {'problem' if count == 1 else 'problems'} as of {clock.instant_text(as_of)}"
    output.say(chosen, "\n".join([*lines, total]))


def _group_text(group: ProblemGroup) -> tuple[str, ...]:
    lead = group.example.lead_id
    return (
        f"{group.count:>9,}  {group.kind}: {group.cause}",
        f"{'':>9}  for example {f'{lead}: ' if lead else ''}{group.example.sentence}",
        f"{'':>9}  {group.remedy}",
    )


def _group_json(group: ProblemGroup) -> dict[str, object]:
    return {
        "kind": group.kind.value,
        "cause": group.cause,
        "count": group.count,
        "example": _json(group.example),
        "remedy": group.remedy,
    }


def _json(one: Problem) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "lead_id": one.lead_id,
        "event_id": one.event_id,
        "occurred_at": None if one.occurred_at is None else clock.instant_text(one.occurred_at),
        "sentence": one.sentence,
    }


def _write(chosen: argparse.Namespace, every: tuple[Problem, ...]) -> None:
    columns = ("kind", "cause", "lead_id", "event_id", "occurred_at", "sentence", "remedy")
    rows = ({**_json(one), "cause": one.cause, "remedy": one.remedy} for one in every)
    with output.output(chosen, chosen.out) as out:
        write_csv(out, columns, ([row[name] for name in columns] for row in rows))
