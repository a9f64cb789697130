"""The sweep itself: what is missing is handed to an engine, and what comes back is told."""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Any

from seqmem.errors import SeqmemError, UsageError
from seqmem.sweep.engine import Engine
from seqmem.sweep.estimate import shape_of
from seqmem.sweep.executors import TrialTimeout, WorkerDied
from seqmem.sweep.plan import GENERATION
from seqmem.sweep.pruning import Pruner, whole_course
from seqmem.sweep.search import TpeSearch, importances
from seqmem.sweep.store import SweepDirectory, read_checks, read_trial
from seqmem.sweep.trial import Job, Reply
from seqmem.sweep_results import MEASURES, SweepProgress, SweepResult, Trial, ranked

Steps = Generator[SweepProgress, None, SweepResult]
# How often the caller hears of a sweep in which nothing ends: often enough for a clock.
SECONDS_BETWEEN_TICKS = 1.0


def run_sweep(directory: SweepDirectory, engine: Engine) -> Steps:
    """Runs what is missing of a sweep; the caller draws, and stops by closing the generator.

    Args:
        directory: The sweep, new or begun before.
        engine: Where its trials run; shut down by whoever made it.

    Yields:
        Where the sweep stands, whenever a trial begins or ends, and now and then between.

    Returns:
        The sweep with every trial complete, pruned or failed.

    Raises:
        SeqmemError: If the engine is lost; what is finished stays, and the sweep can be gone on with.
    """
    return (yield from _Driver(directory, engine).run())


class _Driver:
    """Keeps account of which trials have ended, which run, and which is the best."""

    def __init__(self, directory: SweepDirectory, engine: Engine):
        self._directory, self._engine, self._plan = directory, engine, directory.plan
        self._ended: dict[int, Trial] = {}
        self._running: dict[Future[Reply], tuple[Trial, int]] = {}
        self._counts = {"complete": 0, "pruned": 0, "failed": 0}
        self._best: Trial | None = None
        self._measure = self._plan.rank if self._plan.rank in MEASURES else "success_rate"
        self._started, self._ended_here = time.monotonic(), 0

    def run(self) -> Steps:
        """Runs generation after generation; a plan without generations is one of them."""
        for trials, pruner in self._generations():
            missing = deque((trial, 1) for trial in self._by_shape(trials) if not self._is_finished(trial))
            yield self._progress()
            yield from self._run_trials(missing, pruner)
        plan, found = self._plan, tuple(self._ended[number] for number in sorted(self._ended))
        return SweepResult(plan.axes, plan.search, plan.rank, plan.total, found, importances(plan, found))

    def _by_shape(self, trials: Sequence[Trial]) -> list[Trial]:
        """The trials in the order to run them in: those that share compiled code one after another."""
        groups: dict[object, list[Trial]] = {}
        for trial in trials:
            try:
                shape: object = shape_of(self._plan.config(trial))
            except UsageError:  # values of a search that do not go together; told when its turn comes
                shape = None
            groups.setdefault(shape, []).append(trial)
        return [trial for group in groups.values() for trial in group]

    def _generations(self) -> Iterator[tuple[Sequence[Trial], Pruner | None]]:
        known = self._directory.asked()
        if not self._plan.in_generations:
            yield known, None
            return
        search = TpeSearch(self._plan, self._directory.path)
        for start in range(0, self._plan.total, GENERATION):
            end = min(start + GENERATION, self._plan.total)
            if len(known) < end:
                asked = search.ask(start // GENERATION, end - len(known), first=len(known) + 1)
                self._directory.append_asked(asked)
                known += asked
            trials = known[start:end]
            yield trials, self._pruner()
            search.tell([(self._ended[trial.number], self._course(trial)) for trial in trials])

    def _pruner(self) -> Pruner | None:
        if not self._plan.prune:
            return None
        earlier = [trial for _, trial in sorted(self._ended.items()) if trial.status == "complete"]
        return Pruner(self._measure, tuple(self._course(trial) for trial in earlier))

    def _course(self, trial: Trial) -> dict[int, float]:
        """The course of a trial, from its history: empty unless something is to be compared with it."""
        if not self._plan.prune or self._ended[trial.number].status == "failed":
            return {}
        config = self._plan.config(trial)
        records = read_checks(self._directory.trial_path(trial), config)
        return whole_course(records, config.budget, self._measure)

    def _is_finished(self, trial: Trial) -> bool:
        """Takes a trial that is complete, pruned, or no use to try into account."""
        try:
            stored = read_trial(self._directory.trial_path(trial), trial, self._plan.config(trial))
        except SeqmemError as error:  # damaged, or values of a search that do not go together
            stored = dataclasses.replace(trial, status="failed", reason=str(error))
        if stored.status != "missing":
            self._end(stored)
        return stored.status != "missing"

    def _run_trials(self, missing: deque[tuple[Trial, int]], pruner: Pruner | None) -> Generator[SweepProgress]:
        engine = self._engine
        while missing or self._running:
            while missing and len(self._running) < max(1, engine.slots()):
                trial, attempt = missing.popleft()
                yield self._progress(beginning=trial)
                future = engine.executor.submit(engine.call, self._job(trial, pruner))
                self._running[future] = trial, attempt
            done, _ = wait(self._running, SECONDS_BETWEEN_TICKS, FIRST_COMPLETED)
            for future in done:
                trial, attempt = self._running.pop(future)
                ended = self._answer(future, trial, attempt)
                if ended is None:
                    missing.append((trial, attempt + 1))
                    continue
                self._ended_here += 1
                self._end(ended)
                yield self._progress(ended=ended)
            if not done:
                yield self._progress()

    def _job(self, trial: Trial, pruner: Pruner | None) -> Job:
        path = str(self._directory.trial_path(trial).absolute())
        settings = self._plan.config(trial).to_settings()
        return Job(path, settings, self._plan.threads, self._engine.seconds, pruner, self._engine.cells)

    def _answer(self, future: Future[Reply], trial: Trial, attempt: int) -> Trial | None:
        """What became of a trial; None where it is to be run again."""
        try:
            reply = future.result()
        except WorkerDied:
            if attempt <= self._engine.retries:
                return None
            times = f"{attempt} times" if attempt > 1 else "once"
            reply = Reply("failed", reason=f"its worker died {times}: killed, out of memory, or ended by the trial")
        except TrialTimeout:
            reply = Reply("failed", reason="did not answer within --trial-timeout; its worker was killed")
        except CancelledError:
            raise SeqmemError(f"the workers are lost; `seqmem sweep --resume {self._directory.path}` goes on") from None
        except Exception as error:
            reply = Reply("failed", reason=f"{type(error).__name__}: {error}")
        return dataclasses.replace(trial, status=reply.status, reason=reply.reason, result=reply.result)

    def _end(self, trial: Trial) -> None:
        if trial.status == "failed":
            self._directory.append_failure(trial, trial.reason)
        self._ended[trial.number] = trial
        self._counts[trial.status] += 1
        if trial.result is not None:
            self._best = ranked([self._best, trial] if self._best else [trial], self._measure)[0]

    def _progress(self, beginning: Trial | None = None, ended: Trial | None = None) -> SweepProgress:
        left = None
        if self._ended_here:
            rate = (time.monotonic() - self._started) / self._ended_here
            left = rate * (self._plan.total - len(self._ended))
        running = tuple(trial for trial, _ in self._running.values())
        return SweepProgress(
            total=self._plan.total,
            **self._counts,
            running=(*running, beginning) if beginning else running,
            best=self._best,
            rank=self._measure,
            seconds_left=left,
            ended=ended,
        )


def drain(steps: Steps, hear: Callable[[SweepProgress], Any] = lambda progress: None) -> SweepResult:
    """Takes a sweep to its end and returns what it found."""
    while True:
        try:
            hear(next(steps))
        except StopIteration as ended:
            return ended.value
