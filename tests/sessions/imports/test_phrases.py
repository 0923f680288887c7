"""Phrases of many councils, and what has to be read of them. The tables stand in `phrases/`."""

import json
from pathlib import Path

import pytest

from sessions.imports.decisions import read_decisions
from sessions.imports.records import DecisionRecord

HERE = Path(__file__).parent / "phrases"
CASES = Path(__file__).parents[4] / "shared" / "data" / "decisions" / "decisions.jsonl"
MAJORITIES = {"u": "unanimous", "m": "majority", "c": "consensus", "t": "tie", "-": None}

Facts = tuple[str, str, int | None, int | None, int | None, str | None]
Phrase = tuple[str, str, str | None]


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def printed(words: str) -> str:
    return words.replace(" ⏎ ", "\n").replace("⏎", "\n").replace("⇥", "\t")


def phrase(line: str) -> Phrase:
    """Expected votes, text and heading of a line."""
    expected, _, words = line.partition(" :: ")
    heading, has_heading, text = words.partition(" >> ")
    return (expected, printed(text), heading) if has_heading else (expected, printed(words), None)


def votes(expected: str) -> list[Facts]:
    return [] if expected == "nothing" else [vote(part) for part in expected.split(" & ")]


def vote(expected: str) -> Facts:
    what, *counts, majority = expected.split(" ")
    on, _, result = what.rpartition("/")
    yes, no, abstain = (None if count == "-" else int(count) for count in counts)
    return (on or "main", result, yes, no, abstain, MAJORITIES[majority])


def facts(decision: DecisionRecord) -> Facts:
    d = decision
    return (d.on, d.result, d.yes, d.no, d.abstain, d.majority)


@pytest.mark.parametrize("line", lines("written_first.txt") + lines("held_out.txt") + lines("pages.txt"))
def test_phrases(line: str) -> None:
    expected, text, heading = phrase(line)
    decisions = read_decisions(text, heading)
    assert [facts(decision) for decision in decisions] == votes(expected)
    assert all(text[slice(*decision.span)] == decision.phrase for decision in decisions)


@pytest.mark.parametrize("line", lines("no_decision.txt"))
def test_discussion_is_no_decision(line: str) -> None:
    assert read_decisions(printed(line)) == []


@pytest.mark.skipif(not CASES.exists(), reason="the decision cases lie beside the project, not in it")
def test_the_decision_cases() -> None:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        expected = [
            tuple(v[k] for k in ("on", "result", "yes", "no", "abstain", "majority")) for v in case["votes"]
        ]
        found = [facts(decision) for decision in read_decisions(case["text"], case["heading"])]
        assert found == expected, case["id"]
