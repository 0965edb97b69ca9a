"""What is used up in a day: whoever counts at the same time, no cap is passed, and what was not needed comes back."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.spending import Caps, Spent
from bot.store.transactions import Database
from bot.store.usage import ALL, Usage, UsedUp
from tests.databases import opened

TODAY = date(2026, 9, 14)
CAPS = Caps(tokens=1_000, tokens_per_visitor=600, cost=5_000)


@pytest.fixture
def usage(url: str) -> Iterator[Usage]:
    with closing(opened(url)) as database:
        yield Usage(database)


def whose(usage: Usage, who: str, need: Spent, caps: Caps = CAPS) -> str:
    """Whose share is used up; empty if there was enough."""
    try:
        usage.reserve(TODAY, who, need, caps)
    except UsedUp as used_up:
        return used_up.whose
    return ""


def test_a_visitors_share_ends_before_everybodys(usage: Usage) -> None:
    assert whose(usage, "anna", Spent(600, 0)) == ""
    assert whose(usage, "anna", Spent(1, 0)) == "visitor"
    assert whose(usage, "john", Spent(400, 0)) == ""
    assert whose(usage, "mina", Spent(1, 0)) == "all"
    assert usage.spent(TODAY) == Spent(1_000, 0)


def test_money_ends_as_well(usage: Usage) -> None:
    assert whose(usage, "anna", Spent(1, 4_999)) == ""
    assert whose(usage, "john", Spent(1, 2)) == "all"
    assert whose(usage, "john", Spent(1, 1)) == ""


def test_what_is_more_than_a_whole_day_is_refused_at_once(usage: Usage) -> None:
    assert whose(usage, "anna", Spent(601, 0)) == "visitor"
    assert whose(usage, "", Spent(1_001, 0)) == "all"
    assert usage.spent(TODAY) == Spent()


def test_what_is_refused_to_all_is_not_counted_to_the_visitor(usage: Usage) -> None:
    usage.reserve(TODAY, "", Spent(900, 0), CAPS)
    assert whose(usage, "anna", Spent(200, 0)) == "all"

    assert usage.spent(TODAY, "anna") == Spent()


def test_what_was_not_needed_comes_back_to_both(usage: Usage) -> None:
    usage.reserve(TODAY, "anna", Spent(600, 60), CAPS)
    usage.settle(TODAY, "anna", Spent(600, 60), Spent(100, 10))

    assert usage.spent(TODAY) == usage.spent(TODAY, "anna") == Spent(100, 10)
    assert whose(usage, "anna", Spent(500, 0)) == ""


def test_without_caps_everything_is_counted_and_nothing_refused(usage: Usage) -> None:
    assert {whose(usage, "anna", Spent(10**9, 10**9), Caps()) for _ in range(3)} == {""}
    assert usage.spent(TODAY) == Spent(3 * 10**9, 3 * 10**9)


def test_the_next_day_begins_at_nothing_and_forgets_who_it_was(usage: Usage) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert usage.take(TODAY, "anna", 1)
    assert not usage.take(TODAY, "anna", 1)
    usage.reserve(TODAY, "anna", Spent(600, 1), CAPS)
    assert usage.take(tomorrow, "anna", 1)
    usage.expire(tomorrow)

    assert (usage.count(TODAY, "anna"), usage.spent(TODAY, "anna")) == (0, Spent())
    assert usage.spent(TODAY) == Spent(600, 1)  # names nobody
    assert usage.count(tomorrow, "anna") == 1


@dataclass(frozen=True)
class Call:
    who: str
    need: Spent


def counting(usage: Usage) -> type[RuleBasedStateMachine]:
    """Calls begin and end in any order; a plain sum is the oracle."""

    days = itertools.count(1)

    class Counting(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.usage = usage
            self.day = TODAY + timedelta(days=next(days))  # a fresh one for each run
            self.under_way: list[Call] = []
            self.over: list[tuple[str, Spent]] = []

        def sum(self, who: str | None = None) -> Spent:
            counted = [(one.who, one.need) for one in self.under_way] + self.over
            mine = [spent for name, spent in counted if who in (None, name)]
            return Spent(sum(one.tokens for one in mine), sum(one.cost for one in mine))

        @rule(who=st.sampled_from("ajm"), tokens=st.integers(0, 700), cost=st.integers(0, 3_000))
        def begin(self, who: str, tokens: int, cost: int) -> None:
            mine, everybodys = self.sum(who), self.sum()
            fits = mine.tokens + tokens <= CAPS.tokens_per_visitor and everybodys.tokens + tokens <= CAPS.tokens
            fits = fits and everybodys.cost + cost <= CAPS.cost
            try:
                self.usage.reserve(self.day, who, Spent(tokens, cost), CAPS)
            except UsedUp:
                assert not fits
            else:
                assert fits
                self.under_way.append(Call(who, Spent(tokens, cost)))

        @precondition(lambda self: self.under_way)
        @rule(which=st.integers(0, 100), share=st.floats(0, 1))
        def end(self, which: int, share: float) -> None:
            call = self.under_way.pop(which % len(self.under_way))
            spent = Spent(int(call.need.tokens * share), int(call.need.cost * share))
            self.usage.settle(self.day, call.who, call.need, spent)
            self.over.append((call.who, spent))

        @invariant()
        def nothing_is_passed_or_lost(self) -> None:
            assert self.usage.spent(self.day) == self.sum()
            assert self.sum().tokens <= CAPS.tokens
            assert self.sum().cost <= CAPS.cost
            for who in "ajm":
                assert self.usage.spent(self.day, who) == self.sum(who)

    return Counting


def test_whatever_the_order_the_sums_are_right(usage: Usage) -> None:
    run_state_machine_as_test(
        counting(usage), settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )


def work(url: str, who: str, calls: int) -> list[int]:
    """Reserve and settle as a process does; what was seen of all together at each moment."""
    chance, seen = random.Random(who), []
    with closing(Database.open(url)) as database:
        usage = Usage(database)
        for _ in range(calls):
            need = Spent(chance.randint(1, 300), 1)
            try:
                usage.reserve(TODAY, who, need, CAPS)
            except UsedUp:
                continue
            seen.append(usage.spent(TODAY).tokens)
            usage.settle(TODAY, who, need, Spent(chance.randint(0, need.tokens) // 10, 1))
            seen.append(usage.spent(TODAY).tokens)
    return seen


def test_threads_at_the_same_counter_never_pass_the_cap(url: str, usage: Usage) -> None:
    with ThreadPoolExecutor(6) as pool:
        seen = [one for found in pool.map(lambda who: work(url, who, 15), "abcdef") for one in found]

    assert seen
    assert max(seen) <= CAPS.tokens
    assert sum(usage.spent(TODAY, who).tokens for who in "abcdef") == usage.spent(TODAY, ALL).tokens


PROCESS = """
import sys
from tests.test_usage import work
print(max(work(sys.argv[1], sys.argv[2], 40), default=0))
"""


@pytest.mark.slow
def test_processes_at_the_same_counter_never_pass_the_cap(url: str, usage: Usage) -> None:
    root = Path(__file__).parent.parent
    started = [
        subprocess.Popen([sys.executable, "-c", PROCESS, url, who], stdout=subprocess.PIPE, text=True, cwd=root)
        for who in "abc"
    ]
    seen = [int(one.communicate(timeout=100)[0]) for one in started]

    assert [one.returncode for one in started] == [0, 0, 0]
    assert 0 < max(seen) <= CAPS.tokens
    assert sum(usage.spent(TODAY, who).tokens for who in "abc") == usage.spent(TODAY).tokens


def test_looking_first_and_adding_then_would_pass_the_cap(usage: Usage) -> None:
    """The negative control: two that look before either adds both find room."""
    need, both = Spent(600, 0), threading.Barrier(2)

    def look_then_add(who: str) -> None:
        room = usage.spent(TODAY).tokens + need.tokens <= CAPS.tokens
        both.wait(10)
        if room:
            usage.reserve(TODAY, who, need, Caps())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(look_then_add, "aj"))

    assert usage.spent(TODAY).tokens > CAPS.tokens
