"""Study: what the documents state is taken in before anybody asks, so that the first question is as quick as the second.

An answer without a model compares the question with single statements. Embedding one takes 30 ms, and an answer looks
at dozens. So a thread beside the bot goes through them, one at a time: a question that comes meanwhile waits for one
statement at most. What it has made is kept with the index: the next start has it, and after an ingest only what is new
is embedded. An ingest could do it, too, but would take more than twice as long until anybody has an answer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from bot.extracts import in_place
from bot.library import REMEMBERED, Library, LibraryError
from bot.sentences import statements

logger = logging.getLogger(__name__)

LOOK = 5.0  # seconds between two looks for another generation
MOST = REMEMBERED * 3 // 4  # statements; more would push out what visitors do ask for
OFTEN = 500  # statements, after which what is there is kept: whoever is killed begins again from here


@contextmanager
def studying(library: Library) -> Iterator[None]:
    """Within it, ``library`` is studied, and every generation that follows."""
    stop = threading.Event()
    thread = threading.Thread(target=_study, args=(library, stop), name="study", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def study(library: Library, stop: threading.Event) -> int:
    """Take in the statements of the current generation until ``stop``, and keep them; returns how many there are."""
    library.learn(stop)
    said = (one for passage in library.passages() for one in statements(passage))
    texts = [(in_place(one), one.passage.language) for one in islice(said, MOST)]
    for count, text in enumerate(texts, 1):
        if stop.is_set():
            break
        library.take_in([text])
        if count % OFTEN == 0:
            library.keep(texts)
    library.keep(texts)
    return len(texts)


def _study(library: Library, stop: threading.Event) -> None:
    studied = ""
    # The first look comes as late as the others: who asked while the bot started is answered first.
    while not stop.wait(LOOK):
        try:
            generation = library.overview().generation
            if generation != studied:
                count = study(library, stop)
                studied = generation
                logger.debug("studied %d statements", count)
        except LibraryError as error:  # told to staff where it concerns visitors; there may be an index later
            logger.debug("nothing to study: %s", error)
        except Exception:
            logger.exception("the documents could not be studied; the first questions on something take longer")
            return
