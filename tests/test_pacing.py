"""Whoever writes too fast is asked for a moment once, and answered again after a little quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import CALM, REMEMBERED, Pacing, Verdict

NOON = datetime(2026, 9, 16, 3, tzinfo=UTC)
ANSWER, MOMENT, SILENCE = Verdict.ANSWER, Verdict.ASK_FOR_A_MOMENT, Verdict.SILENCE


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def judged(pacing: Pacing, seconds: float, who: int = 1, waited: float = 0) -> Verdict:
    """What becomes of a message that comes so many seconds after noon, and waited for us before that."""
    return pacing.judge(who, after(seconds - waited), after(seconds))


def test_twenty_at_once_are_answered_then_one_word_then_none() -> None:
    pacing = Pacing(20)

    assert [judged(pacing, 0) for _ in range(25)] == [ANSWER] * 20 + [MOMENT] + [SILENCE] * 4


def test_one_every_three_seconds_is_answered_for_ever() -> None:
    pacing = Pacing(20)

    assert {judged(pacing, 3 * n) for n in range(500)} == {ANSWER}


def test_a_steady_flood_hears_one_word_in_all() -> None:
    pacing = Pacing(20)
    verdicts = [judged(pacing, n / 2) for n in range(5_000)]

    assert verdicts.count(MOMENT) == 1
    assert set(verdicts[verdicts.index(MOMENT) + 1 :]) == {SILENCE}


def test_after_some_quiet_there_are_answers_again() -> None:
    pacing = Pacing(20)
    for _ in range(30):
        judged(pacing, 0)

    assert judged(pacing, CALM - 1) == SILENCE
    assert judged(pacing, 2 * CALM - 2) == SILENCE  # it had begun to wait anew
    assert judged(pacing, 3 * CALM) == ANSWER


def test_a_flood_concerns_nobody_else() -> None:
    pacing = Pacing(20)
    for _ in range(100):
        judged(pacing, 0)

    assert judged(pacing, 0, who=2) == ANSWER


def test_without_a_limit_everything_is_answered() -> None:
    pacing = Pacing(0)

    assert {judged(pacing, 0) for _ in range(10_000)} == {ANSWER}


def test_those_who_have_been_quiet_for_long_are_not_remembered() -> None:
    pacing = Pacing(20)
    for who in range(REMEMBERED + 500):
        judged(pacing, who, who)

    assert len(pacing._buckets) <= REMEMBERED


def test_what_waited_for_us_did_not_come_all_at_once() -> None:
    pacing = Pacing(20)

    assert {judged(pacing, 600 + n / 100, waited=600 - 3 * n) for n in range(200)} == {ANSWER}


def test_when_the_clock_was_an_hour_ahead_and_is_right_again_nobody_waits_for_that_hour() -> None:
    pacing = Pacing(20)
    for n in range(5):
        judged(pacing, 3_600 + n)

    assert {judged(pacing, 3 * n) for n in range(500)} == {ANSWER}


def test_whoever_was_asked_for_a_moment_in_such_an_hour_waits_no_longer_than_others() -> None:
    pacing = Pacing(20)
    for _ in range(30):
        judged(pacing, 3_600)

    assert judged(pacing, 0) == SILENCE
    assert judged(pacing, CALM) == ANSWER


def test_a_clock_that_stays_ahead_of_telegrams_holds_up_nobody_who_taps_and_writes() -> None:
    pacing = Pacing(20)
    judged(pacing, 0)  # a tap says not when it was made

    assert {judged(pacing, 3 * n, waited=3_600) for n in range(1, 500)} == {ANSWER}


def test_no_more_are_remembered_because_the_clock_was_wrong() -> None:
    pacing = Pacing(20)
    for who in range(REMEMBERED):
        judged(pacing, 3_600, who)
    judged(pacing, 0, REMEMBERED)

    assert len(pacing._buckets) == 1


@given(st.integers(1, 60), st.lists(st.tuples(st.integers(1, 3), st.floats(-60, 60)), max_size=200))
def test_nobody_is_answered_more_often_than_the_bucket_holds(a_minute: int, sent: list[tuple[int, float]]) -> None:
    pacing, now, passed = Pacing(a_minute), 0.0, 0.0
    answered = dict[int, list[float]]()
    for who, step in sent:  # the clock may jump back
        now, passed = now + step, passed + max(step, 0)
        if judged(pacing, now, who) == ANSWER:
            answered.setdefault(who, []).append(passed)

    for moments in answered.values():
        for first, start in enumerate(moments):
            within = [at for at in moments[first:] if at - start <= 60]
            assert len(within) <= 2 * a_minute  # what was saved up, and what came in meanwhile


@given(st.integers(1, 60), st.lists(st.tuples(st.floats(0, 10), st.floats(0, 600)), max_size=200))
def test_nor_by_what_comes_late_and_in_disorder(a_minute: int, sent: list[tuple[float, float]]) -> None:
    pacing, now, latest = Pacing(a_minute), 0.0, -600.0
    answered: list[tuple[float, float]] = []
    for step, waited in sent:
        now += step
        latest = max(latest, now - waited)
        if judged(pacing, now, waited=waited) == ANSWER:
            answered.append((latest, now))

    for first, (start, began) in enumerate(answered):
        within = [1 for at, came in answered[first:] if at - start <= 60 and came - began <= 60]
        assert len(within) <= 3 * a_minute  # the same, where both times go on in turns
