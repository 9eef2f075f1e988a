"""YAML is taken as it was written, with its lines, and everything ambiguous is refused."""

from itertools import pairwise
from pathlib import Path

import pytest

from lib.config.folder import read_text
from lib.config.yaml_tree import MOST_BYTES, YamlEntry, read_yaml
from lib.core.errors import ConfigRefused, Fault


def texts(root: YamlEntry) -> dict[str, tuple[str, ...]]:
    return {key: entry.texts() for key, entry in root.entries().items()}


def read(text: str) -> dict[str, tuple[str, ...]]:
    return read_yaml(text, "some.yaml", ConfigRefused, texts)


def refusal(text: str, reader=texts) -> Fault:
    with pytest.raises(ConfigRefused) as refused:
        read_yaml(text, "some.yaml", ConfigRefused, reader)
    (fault,) = refused.value.faults
    return fault


@pytest.mark.parametrize("written", ["NO", "no", "on", "off", "yes", "012", "1:30", "1_000", "0x1F", "2026-12-24", "~"])
def test_a_text_stays_as_it_was_written(written: str) -> None:
    assert read(f"key: {written}") == {"key": (written,)}
    assert read(f"key: [{written}, other]") == {"key": (written, "other")}


def test_quotes_are_not_part_of_a_text_and_keep_its_spaces() -> None:
    assert read("""key: [" a ", 'it''s']""") == {"key": (" a ", "it's")}


def test_a_key_that_yaml_takes_for_a_boolean_is_a_key() -> None:
    assert read("off: a\non: b\nNO: c") == {"off": ("a",), "on": ("b",), "NO": ("c",)}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\na: 2", 2, "'a' is written twice, first in line 1"),
        ("a: x\nb: {c: [1, 2}", 2, "line 2 is not YAML"),
        ("a: x\nb: [1\n", 2, "line 2 is not YAML"),
        ("a:\n\tb: 1", 2, "a line is indented with a tab"),
        ("a: x\n---\nb: y", 2, "line 2 is not YAML"),
        ("a: &x text\nb: *x", 1, "a value is referred to with '*'"),
        ("a: &x [*x]", 1, "a value is referred to with '*'"),
        ("a: x\nb: !!python/name:os.system x", 2, "the tag 'tag:yaml.org,2002:python/name:os.system' means nothing"),
        ("a: x\nb: \x07", 2, "a control character is in the text"),
        ('a: "\\ud800"', 1, "a text holds half a character"),
        ("[" * 5000, None, "the YAML cannot be read"),
        ('a: "\\UFFFFFFFF"', None, "the YAML cannot be read"),
        ("- a", 1, "the file is a list"),
        ("? [a]\n: b", 1, "a key is not a text"),
        ("a: x\nb:", 2, "'b' is empty"),
        ("a: []", 1, "'a' is an empty list"),
        ("a: {b: c}", 1, "'a' is a mapping"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(text: str, line: int | None, what: str) -> None:
    fault = refusal(text)

    assert fault.where == "some.yaml"
    assert fault.what.startswith(what)
    assert fault.line == line
    assert fault.remedy


def test_an_unknown_key_brings_the_nearest_known_one() -> None:
    fault = refusal("tresholds: 5", lambda root: root.keys(("threshold", "name")))

    assert str(fault) == "some.yaml: no key is called 'tresholds'. Did you mean 'threshold'?"


def test_a_missing_key_is_refused_even_in_an_empty_file() -> None:
    fault = refusal("", lambda root: root.keys(("name",), required=("name",)))

    assert str(fault) == "some.yaml: 'name' is missing. Add it."


@pytest.mark.parametrize(("written", "value"), [("5", 5), ("+5", 5), ("-5", -5), ("'5'", 5), ("007", 7)])
def test_a_whole_number_is_digits_with_an_optional_sign(written: str, value: int) -> None:
    assert read_yaml(f"n: {written}", "f", ConfigRefused, lambda root: root.entries()["n"].whole()) == value


@pytest.mark.parametrize("written", ["5.5", "5.0", "1e2", "five", "1_000", "٥", "0x10", "true", "1" * 5000])
def test_anything_else_is_no_whole_number(written: str) -> None:
    fault = refusal(f"n: {written}", lambda root: root.entries()["n"].whole())

    assert fault.what == f"'n' is '{written}', not a whole number"


@pytest.mark.parametrize(("written", "value"), [(".5", 0.5), ("5.", 5.0), ("-1.5e+3", -1500.0), ("1e2", 100.0)])
def test_a_number_has_an_optional_sign_point_and_exponent(written: str, value: float) -> None:
    assert read_yaml(f"n: {written}", "f", ConfigRefused, lambda root: root.entries()["n"].number()) == value


@pytest.mark.parametrize("written", [".inf", "nan", "1e999", "1:30", "1,5", "٥", "inf"])
def test_anything_else_is_no_number(written: str) -> None:
    fault = refusal(f"n: {written}", lambda root: root.entries()["n"].number())

    assert fault.what == f"'n' is '{written}', not a number"


@pytest.mark.parametrize("written", ["yes", "on", "True", "1"])
def test_only_true_and_false_are_truths(written: str) -> None:
    fault = refusal(f"known: {written}", lambda root: root.entries()["known"].truth())

    assert str(fault) == f"some.yaml: 'known' is '{written}'. Write true or false."


BOMBS = {
    "laughs": "a: &a [x,x]\n" + "".join(f"{c}: &{c} [*{p},*{p}]\n" for p, c in pairwise("abcdefghijklmnop")),
    "itself": "a: &a [*a]",
    "merged": "a: &a {x: 1}\nb: {<<: *a}",
    "brackets": "[" * 190_000,
    "braces": "{a: " * 40_000,
    "questions": "? " * 90_000,
    "dashes": "- " * 90_000,
    "indents": "".join(" " * n + "a:\n" for n in range(600)),
    "tags": "- !!python/object/apply:os.system [x]\n" * 4_000,
    "open quote": '"' + "a\n" * 90_000,
    "escapes": '"\\ud800"',
    "beyond": '"\\UFFFFFFFF"',
    "long": "a: " + "x" * 200_000,
    "long in bytes": "a: " + "é" * 100_000,
    "half": "a: \ud800" + "x" * 300_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_words(bomb: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_yaml(BOMBS[bomb], "definition.yaml", ConfigRefused, YamlEntry.peek)

    assert all(fault.what and fault.remedy for fault in refused.value.faults)


def test_a_text_is_read_up_to_two_hundred_kilobytes() -> None:
    longest = "a: " + "x" * (MOST_BYTES - 3)

    assert read_yaml(longest, "a.yaml", ConfigRefused, lambda root: root.peek()["a"]) == "x" * (MOST_BYTES - 3)
    with pytest.raises(ConfigRefused, match=r"a.yaml: it is longer than 200,000 bytes\. Leave out"):
        read_yaml(longest + "x", "a.yaml", ConfigRefused, YamlEntry.peek)


def test_a_file_is_read_no_further_than_it_may_be_long(tmp_path: Path) -> None:
    with (tmp_path / "definition.yaml").open("wb") as stream:
        stream.truncate(10**12)

    with pytest.raises(ConfigRefused, match="it is longer than 200,000 bytes"):
        read_text(tmp_path / "definition.yaml")


def test_faults_come_in_the_order_of_their_lines() -> None:
    def backwards(root: YamlEntry) -> None:
        for entry in reversed(root.entries().values()):
            entry.whole()

    with pytest.raises(ConfigRefused) as refused:
        read_yaml("a: x\nb: y", "some.yaml", ConfigRefused, backwards)

    assert [fault.line for fault in refused.value.faults] == [1, 2]
