"""Who keeps failing is left alone for a while, and then tried with one call."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.breaker import AMONG, FAILURES, LONGEST_PAUSE, PAUSE, Breaker


def broken(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(at)
    return breaker


def test_a_few_failures_change_nothing() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(0)

    assert breaker.allows(0)
    assert not breaker.open


def test_five_in_a_row_open_it_and_after_the_pause_one_call_is_a_trial() -> None:
    breaker = broken()

    assert [breaker.allows(at) for at in (0, PAUSE - 1)] == [False, False]
    assert [breaker.allows(PAUSE), breaker.allows(PAUSE), breaker.allows(PAUSE + 1000)] == [True, False, False]
    breaker.succeeded()
    assert [breaker.allows(PAUSE), breaker.allows(PAUSE)] == [True, True]


def test_who_fails_every_second_time_is_left_alone_as_well() -> None:
    breaker = Breaker()
    for _ in range(AMONG // 2):
        breaker.succeeded()
        breaker.failed(0)

    assert breaker.open


def test_failures_long_past_are_forgotten() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(0)
    for _ in range(AMONG):
        breaker.succeeded()
    breaker.failed(0)

    assert not breaker.open


def test_each_failed_trial_doubles_the_pause_up_to_a_limit_and_a_good_one_starts_anew() -> None:
    breaker, now, pauses = broken(), PAUSE, [PAUSE]
    for _ in range(6):
        assert breaker.allows(now)
        breaker.failed(now)
        pause = next(seconds for seconds in range(1, 1000) if breaker.allows(now + seconds))
        breaker.let_go()
        pauses.append(pause)
        now += pause

    assert pauses == [30, 60, 120, 240, 300, 300, 300]
    assert breaker.allows(now)
    breaker.succeeded()
    for _ in range(FAILURES):
        breaker.failed(now)
    assert breaker.allows(now + PAUSE)


def test_a_trial_that_was_broken_off_leaves_the_way_free_for_the_next() -> None:
    breaker = broken()
    assert breaker.allows(PAUSE)
    breaker.let_go()

    assert breaker.allows(PAUSE)


def test_calls_from_before_it_opened_do_not_lengthen_the_pause() -> None:
    breaker = broken()
    breaker.failed(PAUSE - 1)

    assert breaker.allows(PAUSE)


STEPS = st.lists(st.tuples(st.sampled_from(["call", "succeed", "fail", "stop", "wait"]), st.floats(0, 400)))


@given(STEPS)
def test_whatever_happens_an_open_one_has_one_trial_at_most_and_in_the_end_there_is_one(
    steps: list[tuple[str, float]],
) -> None:
    breaker, now, under_way, trials = Breaker(), 0.0, 0, 0
    for step, seconds in steps:
        now += seconds
        was_open = breaker.open
        if step == "call" and breaker.allows(now):
            under_way += 1
            trials += was_open
            assert trials <= 1
        elif step in ("succeed", "fail", "stop") and under_way:
            under_way -= 1
            trials = 0
            if step == "fail":
                breaker.failed(now)
            else:
                {"succeed": breaker.succeeded, "stop": breaker.let_go}[step]()
    if trials:
        breaker.let_go()

    assert breaker.allows(now + LONGEST_PAUSE)
