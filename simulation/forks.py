"""Each seed in a process of its own that is forked from one that is warm.

What a run replaces, fills or leaves behind in this Python process is gone with it, so no seed depends on those before
it; what it would have to import and to compile is there already.
"""

import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import connection, get_context
from typing import Any

from simulation.run import Outcome, Story, run

WARMING_SEED = 0


def play(seed: int, story: Story, *, keeps: bool = False) -> Outcome:
    """Run one seed in a fork of this process."""
    return _end(seed, *_begin(seed, story, keeps=keeps))


def play_together(seed: int, stories: Sequence[Story]) -> list[Outcome]:
    """Run one seed with several stories, all at a time, each in a fork of this process."""
    begun = [_begin(seed, story, keeps=False) for story in stories]
    return [_end(seed, *fork) for fork in begun]


def _begin(seed: int, story: Story, *, keeps: bool) -> tuple[int, int]:
    """Run one seed in a fork; return the fork and the pipe through which it will tell what became of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # Not to go on with what the parent was about, whatever happens, nor to collect what the killed left behind.
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as out:
                pickle.dump(run(seed, story, keeps=keeps), out)
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def _end(seed: int, child: int, reading: int) -> Outcome:
    with os.fdopen(reading, "rb") as told:
        data = told.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else Outcome(seed, violations=["the run ended without a word"])  # noqa: S301 - ours


def play_all(seeds: Iterable[int], story: Story, workers: int) -> Iterator[Outcome]:
    """Run many seeds in so many processes at a time; what becomes of them, as it comes."""
    forking, ordered = get_context("fork"), list(seeds)
    ends: list[Any] = []
    for place in range(workers):
        reading, writing = forking.Pipe(duplex=False)
        worker = forking.Process(target=_work, args=(ordered[place::workers], story, writing), daemon=True)
        worker.start()
        writing.close()
        ends.append(reading)
    while ends:
        for reading in list[Any](connection.wait(ends)):
            try:
                yield reading.recv()
            except EOFError:
                ends.remove(reading)


def _work(seeds: list[int], story: Story, tell: Any) -> None:
    if len(seeds) > 1:
        # For its imports and caches; it is the last time that this process asks a clock.
        run(WARMING_SEED, story)
    for seed in seeds:
        tell.send(play(seed, story))
    tell.close()
    os._exit(0)
