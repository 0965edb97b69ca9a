"""The inbox: every update once, in order within its chat, whoever works on it and whoever dies of it."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from bot.store import Draft, Store, StoreError, inbox, tables
from bot.store.inbox import KEPT_ASIDE, KNOWN, LEASE, MOST_RUNS, PAUSE, PER_CHAT, End, Full, Inbox, _claimable
from bot.store.telling import SPELL
from tests.databases import ANNA, DESK_CHAT, JOHN, MINA, NOW, Databases, Files, Office

A_DAY = timedelta(days=1)
WORDS = "my telephone number is 1234"


def said(update_id: int, chat: int = ANNA, sender: int = 0, words: str = WORDS) -> dict[str, Any]:
    """A message; in a group where another sender is given."""
    who = {"id": sender or chat, "is_bot": False, "first_name": "Anna", "language_code": "de"}
    kind = "supergroup" if sender else "private"
    message = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": kind}, "from": who, "text": words}
    return {"update_id": update_id, "message": message}


def ids(taken: list[inbox.Taken]) -> list[int]:
    return [one.update_id for one in taken]


def rows(office: Office) -> dict[int, dict[str, Any]]:
    return {row["update_id"]: row for row in office.rows(tables.inbox)}


def letters(office: Office) -> list[tuple[str, str, str]]:
    return [(row["kind"], row["to"], row["receiver"]) for row in office.rows(tables.outbox)]


def test_an_update_is_taken_once_however_often_it_is_delivered(office: Office) -> None:
    box = office.store.inbox
    box.put([said(7), said(7)], NOW)
    box.put([said(7), said(8, JOHN)], NOW)

    assert ids(box.turn("a", [], 10, NOW)) == [7, 8]
    box.put([said(7)], NOW)
    box.turn("a", [(7, End.DONE)], 0, NOW)
    box.put([said(7)], NOW)
    assert box.turn("a", [], 10, NOW) == []


def test_a_chat_is_answered_in_order_and_another_does_not_wait(office: Office) -> None:
    box = office.store.inbox
    box.put([said(3), said(1), said(2, JOHN), said(4, JOHN)], NOW)

    assert ids(box.turn("a", [], 10, NOW)) == [1, 2]
    assert box.turn("b", [], 10, NOW) == []
    assert ids(box.turn("a", [(1, End.DONE)], 10, NOW)) == [3]
    box.put([said(0)], NOW)  # came late
    assert box.turn("b", [], 10, NOW) == []  # and 3 is worked on already
    assert ids(box.turn("a", [(3, End.DONE)], 10, NOW)) == [0]


def test_what_is_done_leaves_only_its_number_and_that_goes_after_some_days(office: Office) -> None:
    box = office.store.inbox
    office.people.keep_draft(Draft(ANNA, "meeting", "name", {"topic": "cells"}), NOW)
    box.put([said(7)], NOW)
    box.turn("a", [], 10, NOW)
    box.turn("a", [], 0, NOW, sent={7: [55]})
    box.turn("a", [(7, End.DONE)], 0, NOW)

    nothing = dict.fromkeys(("chat", "payload", "owner", "lease_until", "draft", "sent"))
    assert rows(office)[7] == {
        "update_id": 7, "state": "done", "attempts": 1, "received_at": NOW, "done_at": NOW, **nothing
    }  # fmt: skip
    assert box.purge(NOW + KNOWN - timedelta(seconds=1)) == 0
    assert box.purge(NOW + KNOWN) == 1


def test_what_a_dead_process_had_in_hand_is_begun_again_when_its_lease_has_run_out(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2)], NOW)
    box.turn("dead", [], 10, NOW)
    box.turn("dead", [], 0, NOW, sent={1: [55, 56]})

    assert box.turn("b", [], 10, NOW + LEASE - timedelta(seconds=1)) == []
    (again,) = box.turn("b", [], 10, NOW + LEASE)
    assert (again.update_id, again.attempts, again.sent) == (1, 2, (55, 56))
    box.turn("dead", [(1, End.DONE)], 0, NOW + LEASE)  # it was not dead, but it has lost the update
    assert rows(office)[1]["state"] == "working"


def test_a_lease_that_is_renewed_does_not_run_out(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1)], NOW)
    box.turn("a", [], 10, NOW)
    box.renew("a", [1], NOW + LEASE / 2)

    assert box.turn("b", [], 10, NOW + LEASE) == []


def test_what_was_claimed_unheard_is_not_kept_for_ever(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2, JOHN)], NOW)
    box.turn("a", [], 1, NOW)
    box.turn("a", [], 1, NOW)  # and the connection is cut before the answer
    box.renew("a", [1], NOW + LEASE / 2)

    assert ids(box.turn("a", [], 10, NOW + LEASE)) == [2]


def test_a_clock_that_is_set_back_puts_nothing_off_that_waits(office: Office) -> None:
    box, an_hour_before = office.store.inbox, NOW - timedelta(hours=1)
    box.put([said(1), said(2, JOHN)], NOW)
    box.turn("a", [], 1, NOW)
    box.turn("a", [(1, End.AGAIN)], 1, NOW)
    box.put([said(3, MINA)], an_hour_before)

    assert ids(box.turn("b", [], 10, an_hour_before)) == [1, 3]  # 2 is worked on


def test_what_the_database_failed_is_tried_again_in_a_moment_and_then_later(office: Office) -> None:
    box, now = office.store.inbox, NOW
    box.put([said(1)], NOW)
    for pause in (inbox.A_MOMENT, PAUSE):
        assert ids(box.turn("a", [], 1, now)) == [1]
        box.turn("a", [(1, End.SOON)], 0, now, sent={1: [55]})
        now += pause
        assert box.turn("a", [], 1, now - timedelta(milliseconds=1)) == []
    (last,) = box.turn("a", [], 1, now)
    assert (last.attempts, last.sent) == (MOST_RUNS, (55,))


def test_what_was_sent_is_noted_by_who_works_on_it_and_by_nobody_else(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1)], NOW)
    box.turn("a", [], 1, NOW)
    box.note("a", {1: [55]})
    box.note("b", {1: [66]})

    assert rows(office)[1]["sent"] == [55]


def test_words_that_are_heard_again_find_the_conversation_where_it_was(office: Office) -> None:
    box, before = office.store.inbox, Draft(ANNA, "meeting", "name", {"team": "tuen"}, NOW)
    office.people.keep_draft(before, NOW)
    box.put([said(1), said(2, JOHN)], NOW)
    box.turn("dead", [], 10, NOW)
    office.people.keep_draft(Draft(ANNA, "meeting", "topic", {"team": "tuen", "name": "Anna"}), NOW)
    office.people.keep_draft(Draft(JOHN, "inquiry", "kind", {}), NOW)  # he had none before
    box.put([said(3)], NOW)

    assert ids(box.turn("b", [], 10, NOW + LEASE)) == [1, 2]
    assert office.people.draft(ANNA) == before
    assert office.people.draft(JOHN) is None
    office.people.keep_draft(Draft(ANNA, "meeting", "topic", {}), NOW)
    box.turn("b", [(1, End.DONE)], 10, NOW + LEASE)
    draft = office.people.draft(ANNA)
    assert draft is not None
    assert draft.step == "topic"  # the next words are heard for the first time


def test_what_is_handed_back_is_taken_at_once_and_counts_as_not_begun(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2, JOHN)], NOW)
    box.turn("a", [], 10, NOW)

    assert box.give_back("a") == 2
    assert [one.attempts for one in box.turn("b", [], 10, NOW)] == [1, 1]


def test_what_telegram_did_not_take_is_tried_again_and_the_chat_waits_with_it(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2), said(3, JOHN)], NOW)
    box.turn("a", [], 1, NOW)

    assert ids(box.turn("a", [(1, End.AGAIN)], 10, NOW)) == [3]
    assert box.turn("a", [(3, End.DONE)], 10, NOW + PAUSE - timedelta(seconds=1)) == []
    assert ids(box.turn("a", [], 10, NOW + PAUSE)) == [1]


def died(box: Inbox, times: int) -> Any:
    """So many processes take everything and die. Returns the time after that."""
    now = NOW
    for number in range(times):
        box.turn(f"dead {number}", [], 10, now)
        now += LEASE
    return now


def test_an_update_of_which_every_process_dies_is_put_aside_and_the_chat_goes_on(office: Office) -> None:
    box = office.store.inbox
    box.put([said(7)], NOW)
    now = died(box, MOST_RUNS)
    box.put([said(8)], now)

    assert box.turn("a", [], 10, now) == []
    assert ids(box.turn("a", [], 10, now)) == [8]
    assert box.counts() == {"poisoned": 1, "working": 1}
    assert letters(office) == [("sorry", "visitor", str(ANNA)), ("poison", "team", str(DESK_CHAT))]
    to_staff = office.rows(tables.outbox)[1]
    assert to_staff["details"] == {"reference": "7"}
    assert str(ANNA) not in str(to_staff)
    assert WORDS not in str(office.rows(tables.outbox))


@pytest.mark.parametrize("seen", [False, True])
def test_what_is_put_aside_leaves_the_conversation_where_its_visitor_has_seen_it(office: Office, seen: bool) -> None:
    box = office.store.inbox
    before, after = (Draft(ANNA, "meeting", step, {"team": "tuen"}, NOW) for step in ("agree", "name"))
    office.people.keep_draft(before, NOW)
    box.put([said(7)], NOW)
    now = died(box, MOST_RUNS)
    office.people.keep_draft(after, NOW)
    box.turn(f"dead {MOST_RUNS - 1}", [], 0, NOW, sent={7: [55]} if seen else {})

    box.turn("a", [], 10, now)
    assert box.counts() == {"poisoned": 1}
    assert office.people.draft(ANNA) == (after if seen else before)


def test_who_died_beside_the_culprit_is_not_taken_for_it(office: Office) -> None:
    """After two deaths the suspects run one at a time: the third death tells which it was."""
    box = office.store.inbox
    box.put([said(number, chat=number) for number in range(1, 6)], NOW)
    now = died(box, MOST_RUNS - 1)

    assert ids(box.turn("a", [], 10, now)) == [1]
    assert box.turn("a", [], 10, now, False) == []
    assert ids(box.turn("a", [(1, End.DONE)], 10, now)) == [2]  # which is the culprit
    now += LEASE
    done: list[tuple[int, End]] = []
    for _ in range(6):
        done = [(one.update_id, End.DONE) for one in box.turn("b", done, 10, now)]
    states = {update_id: row["state"] for update_id, row in rows(office).items()}
    assert states == {1: "done", 2: "poisoned", 3: "done", 4: "done", 5: "done"}


def test_what_could_not_be_read_is_put_aside_with_a_word_to_whoever_waits(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2, chat=-100, sender=ANNA), {"update_id": 3, "poll": {"id": "x"}}], NOW)
    box.turn("a", [], 10, NOW)
    box.turn("a", [(number, End.ASIDE) for number in (1, 2, 3)], 0, NOW)

    to_visitors = [letter for letter in letters(office) if letter[1] == "visitor"]
    assert to_visitors == [("sorry", "visitor", str(ANNA))]
    assert box.counts() == {"poisoned": 3}
    assert box.purge(NOW + KEPT_ASIDE) == 3


def test_who_pressed_is_told_as_well_as_who_wrote(office: Office) -> None:
    """A press changes what is seen: where it came to nothing, nothing on the screen says so."""
    box, anna = office.store.inbox, {"id": ANNA, "language_code": "ko"}
    pressed = {"from": anna, "message": {"chat": {"id": ANNA}}, "data": "b:ok"}
    box.put([{"update_id": 7, "callback_query": pressed}], NOW)

    box.turn("a", [], 10, died(box, MOST_RUNS))
    sorry, _ = office.rows(tables.outbox)
    assert (sorry["kind"], sorry["receiver"], sorry["details"]["language"]) == ("sorry", str(ANNA), "ko")


def test_what_was_put_aside_is_handed_over_and_forgotten_with_the_rest(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2)], NOW)
    box.turn("a", [], 10, NOW)
    box.turn("a", [(1, End.ASIDE)], 0, NOW)

    assert [one["payload"]["message"]["text"] for one in office.store.data_of(ANNA)["inbox"]] == [WORDS]
    office.store.forget(ANNA, NOW)
    assert WORDS not in str(rows(office)[1])
    assert office.store.data_of(ANNA)["inbox"] == []
    assert rows(office)[2]["payload"] == said(2)  # it waits for its answer


def test_a_flood_in_one_chat_is_bounded_and_told_so_once(office: Office) -> None:
    box = office.store.inbox
    flood = [said(number) for number in range(1, PER_CHAT + 31)]

    assert box.put(flood[:-10], NOW) == 20
    assert box.put(flood, NOW) == 10  # what is known is not counted again
    assert box.put([said(1000, JOHN)], NOW) == 0
    assert letters(office) == [("flood", "visitor", str(ANNA))]
    dropped = rows(office)[PER_CHAT + 1]
    assert (dropped["state"], dropped["chat"], dropped["payload"]) == ("dropped", None, None)
    box.put([said(2000)], NOW + SPELL)
    assert letters(office) == [("flood", "visitor", str(ANNA))] * 2


def test_who_comes_while_very_much_waits_hears_that_it_takes_a_moment(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BUSY", 3)
    box = office.store.inbox
    box.put([said(number, 1000 + number) for number in range(4)], NOW)
    assert letters(office) == []

    box.put([said(10), said(11), said(12, -5, sender=JOHN)], NOW)
    assert letters(office) == [("busy", "visitor", str(ANNA))]


def test_when_too_much_waits_nothing_is_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST", 2)
    box = office.store.inbox
    box.put([said(1), said(2)], NOW)

    with pytest.raises(Full):
        box.put([said(3)], NOW)
    assert sorted(rows(office)) == [1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_however_the_work_is_shared_each_chat_is_served_in_order_and_nothing_is_lost(office: Office, seed: int) -> None:
    """Three processes that come, go and die, at random; a plain list says what must have happened."""
    box, chance, now = office.store.inbox, random.Random(seed), NOW
    to_come = [said(number, chat=chance.randrange(1, 6)) for number in range(40)]
    arrived: list[dict[str, Any]] = []
    hands: dict[str, dict[int, inbox.Taken]] = {"a": {}, "b": {}, "c": {}}
    effects: list[tuple[int, int]] = []  # chat, update
    deaths = 0
    while to_come or box.counts():
        owner = chance.choice(list(hands))
        mine = hands[owner]
        match chance.randrange(7):
            case 0:
                number = chance.randrange(5)
                arrived, to_come = arrived + to_come[:number], to_come[number:]
                box.put(chance.sample(arrived, len(arrived)), now)  # all that came until now, once more
            case 1:
                now += timedelta(seconds=chance.randrange(1, 20))
                for name in hands:
                    box.renew(name, hands[name], now)
            case 2 if deaths < MOST_RUNS - 1 and mine:
                deaths, hands[owner] = deaths + 1, {}
                now += LEASE
                for name in hands.keys() - {owner}:
                    box.renew(name, hands[name], now)
            case 3 if mine:
                box.give_back(owner)
                hands[owner] = {}
            case _:
                ended = chance.sample(sorted(mine), chance.randrange(len(mine) + 1))
                effects += [(mine.pop(number).payload["message"]["chat"]["id"], number) for number in ended]
                last_chance = not any(one.attempts >= MOST_RUNS for one in mine.values())
                done = [(number, End.DONE) for number in ended]
                for one in box.turn(owner, done, chance.randrange(4), now, last_chance):
                    mine[one.update_id] = one
        in_hand = [one.payload["message"]["chat"]["id"] for several in hands.values() for one in several.values()]
        assert len(in_hand) == len(set(in_hand))
    assert sorted(number for _, number in effects) == list(range(40))
    for chat in range(1, 6):
        of_chat = [number for where, number in effects if where == chat]
        assert of_chat == sorted(of_chat)


def test_two_processes_at_the_same_moment_never_have_two_updates_of_one_chat(office: Office) -> None:
    box, barrier = office.store.inbox, Barrier(4)
    box.put([said(number, chat=1 + number % 7) for number in range(140)], NOW)

    def work(name: int) -> list[tuple[int, int]]:
        barrier.wait()
        done: list[tuple[int, int]] = []
        taken: list[inbox.Taken] = []
        while box.oldest() is not None:
            taken = box.turn(str(name), [(one.update_id, End.DONE) for one in taken], 3, NOW)
            done += [(one.payload["message"]["chat"]["id"], one.update_id) for one in taken]
        return done

    with ThreadPoolExecutor(4) as pool:
        done = [one for several in pool.map(work, range(4)) for one in several]

    assert sorted(update_id for _, update_id in done) == list(range(140))
    assert box.counts() == {}


def test_the_database_itself_refuses_a_second_update_of_a_chat_in_work(office: Office) -> None:
    box = office.store.inbox
    box.put([said(1), said(2)], NOW)
    box.turn("a", [], 10, NOW)

    with pytest.raises(StoreError, match="inbox"), office.database.begin() as connection:
        connection.execute(tables.inbox.update().values(state="working"))


def test_what_comes_next_is_found_without_reading_what_is_done(files: Files) -> None:
    office = Office(files.fresh())
    with office.database.begin() as connection:
        asked = _claimable(True).params(now=NOW, far=NOW, room=5, in_hand=[])
        query = str(asked.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]

    assert [line.split(" INDEX ")[1].split()[0] for line in plan if " INDEX " in line] == [
        "inbox_open",
        "inbox_of_chat",
    ]
    office.close()


def test_one_file_takes_one_process_and_the_commands_of_staff_beside_it(files: Files) -> None:
    url = files.fresh("alone")
    first = Store.open(url, working=True)
    with pytest.raises(StoreError, match=r"runs on .*alone\.db already: stop it.*postgresql://"):
        Store.open(url, working=True)
    beside = Store.open(url)
    assert beside.pavilion.teams() == []
    beside.close()
    first.close()
    Store.open(url, working=True).close()


def test_a_server_takes_any_number_of_processes(cluster: Databases) -> None:
    url = cluster.fresh("several")
    stores = [Store.open(url, working=True) for _ in range(3)]
    stores[0].inbox.put([said(1)], NOW)
    assert ids(stores[1].inbox.turn("a", [], 1, NOW)) == [1]
    assert stores[2].inbox.turn("b", [], 1, NOW) == []
    for store in stores:
        store.close()
