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


def test_twenty_at_once_are_answered_then_one_word_then_none() -> None:
    pacing = Pacing(20)

    assert [pacing.judge(1, NOON) for _ in range(25)] == [ANSWER] * 20 + [MOMENT] + [SILENCE] * 4


def test_one_every_three_seconds_is_answered_for_ever() -> None:
    pacing = Pacing(20)

    assert {pacing.judge(1, after(3 * n)) for n in range(500)} == {ANSWER}


def test_a_steady_flood_hears_one_word_in_all() -> None:
    pacing = Pacing(20)
    verdicts = [pacing.judge(1, after(n / 2)) for n in range(5_000)]

    assert verdicts.count(MOMENT) == 1
    assert set(verdicts[verdicts.index(MOMENT) + 1 :]) == {SILENCE}


def test_after_some_quiet_there_are_answers_again() -> None:
    pacing = Pacing(20)
    for _ in range(30):
        pacing.judge(1, NOON)

    assert pacing.judge(1, after(CALM - 1)) == SILENCE
    assert pacing.judge(1, after(2 * CALM - 2)) == SILENCE  # it had begun to wait anew
    assert pacing.judge(1, after(3 * CALM)) == ANSWER


def test_a_flood_concerns_nobody_else() -> None:
    pacing = Pacing(20)
    for _ in range(100):
        pacing.judge(1, NOON)

    assert pacing.judge(2, NOON) == ANSWER


def test_without_a_limit_everything_is_answered() -> None:
    pacing = Pacing(0)

    assert {pacing.judge(1, NOON) for _ in range(10_000)} == {ANSWER}


def test_those_who_have_been_quiet_for_long_are_not_remembered() -> None:
    pacing = Pacing(20)
    for who in range(REMEMBERED + 500):
        pacing.judge(who, after(who))

    assert len(pacing._buckets) <= REMEMBERED


@given(st.integers(1, 60), st.lists(st.tuples(st.integers(1, 3), st.floats(-60, 60)), max_size=200))
def test_nobody_is_answered_more_often_than_the_bucket_holds(a_minute: int, sent: list[tuple[int, float]]) -> None:
    pacing, now, answered = Pacing(a_minute), 0.0, dict[int, list[float]]()
    latest = dict[int, float]()
    for who, step in sent:  # the clock may jump back
        now += step
        latest[who] = max(latest.get(who, now), now)
        if pacing.judge(who, after(now)) == ANSWER:
            answered.setdefault(who, []).append(latest[who])

    for moments in answered.values():
        for first, start in enumerate(moments):
            within = [at for at in moments[first:] if at - start <= 60]
            assert len(within) <= 2 * a_minute  # what was saved up, and what came in meanwhile
