"""The sweep itself: what is missing is handed to an engine, and what comes back is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.errors import SeqmemError
from seqmem.results.importance import importances
from seqmem.results.sweep import SweepProgress, SweepResult, Trial, ranked
from seqmem.storage.sweep_directory import Digest, SweepDirectory, read_known_trial
from seqmem.sweep.adaptive import Lookback
from seqmem.sweep.engine import Engine
from seqmem.sweep.processes import TrialTimeout, WorkerDied
from seqmem.sweep.pruning import Pruner
from seqmem.sweep.schedule import Clock, Shape, ShapeOrder, guessed_seconds, shape_of
from seqmem.sweep.trial import Job, Reply

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


@dataclasses.dataclass
class _Attempt:
    """A trial that is to run or runs, and how often a worker has died of it."""

    trial: Trial
    job: Job
    deaths: int = 0


class _Driver:
    """Keeps account of which trials have ended, which run, and which is the best."""

    def __init__(self, directory: SweepDirectory, engine: Engine):
        self._directory, self._engine, self._plan = directory, engine, directory.plan
        self._digest, self._configs = Digest(directory.path), dict[int, RunConfig]()
        self._ended: dict[int, Trial] = {}
        self._running: dict[Future[Reply], _Attempt] = {}
        self._again: list[_Attempt] = []
        self._freed: list[Shape] = []
        self._counts = {"complete": 0, "pruned": 0, "failed": 0}
        self._best: Trial | None = None
        self._lookback = Lookback(directory) if self._plan.looks_back else None
        missing = [] if self._lookback else self._missing()
        self._order = ShapeOrder(missing, longest_first=engine.slots() > 1)
        # what a search will ask for is not known: each of its trials counts for one
        unknown = range(1, self._plan.total + 1) if self._lookback else ()
        self._clock = Clock(guessed_seconds(missing) | dict.fromkeys(unknown, 1.0))

    def run(self) -> Steps:
        """Keeps the workers at work until there is nothing left for them."""
        try:
            yield self._progress()
            while True:
                while len(self._running) < max(1, self._engine.slots()) and (attempt := self._next()) is not None:
                    yield self._progress(beginning=attempt.trial)
                    self._running[self._engine.executor.submit(self._engine.call, attempt.job)] = attempt
                if not self._running:
                    break
                yield from self._take_in()
        finally:
            if self._lookback is not None:
                self._lookback.close()
        plan, found = self._plan, tuple(self._ended[number] for number in sorted(self._ended))
        return SweepResult(plan.axes, plan.search, plan.rank, plan.total, found, importances(plan, found), plan.decided)

    def _missing(self) -> list[tuple[Trial, RunConfig]]:
        """What is missing of a plan that is known from its start: the plan minus what is finished."""
        missing = [trial for trial in self._directory.asked() if not self._is_finished(trial)]
        return [(trial, self._config(trial)) for trial in missing]

    def _next(self) -> _Attempt | None:
        """The trial to begin now: one to be tried again, or the next in its order; None where there is none yet."""
        if self._again:
            return self._again.pop()
        if self._lookback is None:
            shapes = {shape_of(self._config(attempt.trial)) for attempt in self._running.values()}
            trial = self._order.next(self._freed.pop() if self._freed else None, shapes)
            return _Attempt(trial, self._job(trial, None)) if trial else None
        while (trial := self._lookback.next()) is not None:
            if not self._is_finished(trial):
                return _Attempt(trial, self._job(trial, self._lookback.pruner()))
            self._clock.leave_out(trial.number)
        return None

    def _take_in(self) -> Generator[SweepProgress]:
        """Waits for a trial to end, or for a while."""
        done, _ = wait(self._running, SECONDS_BETWEEN_TICKS, FIRST_COMPLETED)
        for future in done:
            attempt = self._running.pop(future)
            ended = self._answer(future, attempt)
            if ended is None:
                self._again.append(attempt)
                continue
            if self._lookback is None:
                self._freed.append(shape_of(self._config(ended)))
            self._clock.end(ended.number)
            if ended.status == "complete":
                self._digest.add(ended, self._directory.trial_path(ended))
            self._end(ended)
            yield self._progress(ended=ended)
        if not done:
            yield self._progress()

    def _config(self, trial: Trial) -> RunConfig:
        if trial.number not in self._configs:
            self._configs[trial.number] = self._plan.config(trial)
        return self._configs[trial.number]

    def _is_finished(self, trial: Trial) -> bool:
        """Takes a trial that is complete, pruned, or no use to try into account."""
        try:
            stored = read_known_trial(self._directory.path, self._plan, trial, self._digest)
        except SeqmemError as error:  # damaged, or values of a search that do not go together
            stored = dataclasses.replace(trial, status="failed", reason=str(error))
        if stored.status != "missing":
            self._end(stored)
        return stored.status != "missing"

    def _job(self, trial: Trial, pruner: Pruner | None) -> Job:
        path = str(self._directory.trial_path(trial).absolute())
        settings = self._config(trial).to_settings()
        return Job(path, settings, self._plan.threads, self._engine.seconds, pruner, self._engine.cells)

    def _answer(self, future: Future[Reply], attempt: _Attempt) -> Trial | None:
        """What became of a trial; None where it is to be run again."""
        try:
            reply = future.result()
        except WorkerDied as death:
            attempt.deaths += death.times
            if attempt.deaths <= self._engine.retries:
                return None
            times = f"{attempt.deaths} times" if attempt.deaths > 1 else "once"
            reply = Reply("failed", reason=f"its worker died {times}: killed, out of memory, or ended by the trial")
        except TrialTimeout:
            reply = Reply("failed", reason="did not answer within --trial-timeout; its worker was killed")
        except CancelledError:
            raise SeqmemError(f"the workers are lost; `seqmem sweep --resume {self._directory.path}` goes on") from None
        except Exception as error:
            reply = Reply("failed", reason=f"{type(error).__name__}: {error}")
        return dataclasses.replace(attempt.trial, status=reply.status, reason=reply.reason, result=reply.result)

    def _end(self, trial: Trial) -> None:
        if trial.status == "failed":
            self._directory.append_failure(trial, trial.reason)
        self._ended[trial.number] = trial
        self._counts[trial.status] += 1
        if trial.result is not None:
            self._best = ranked([self._best, trial] if self._best else [trial], self._plan.measure)[0]
        if self._lookback is not None:
            self._lookback.end(trial)

    def _progress(self, beginning: Trial | None = None, ended: Trial | None = None) -> SweepProgress:
        running = tuple(attempt.trial for attempt in self._running.values())
        return SweepProgress(
            total=self._plan.total,
            **self._counts,
            running=(*running, beginning) if beginning else running,
            workers=self._engine.slots(),
            best=self._best,
            rank=self._plan.measure,
            seconds_left=self._clock.seconds_left(),
            ended=ended,
        )


def drain(steps: Steps, hear: Callable[[SweepProgress], Any] = lambda progress: None) -> SweepResult:
    """Takes a sweep to its end and returns what it found."""
    while True:
        try:
            hear(next(steps))
        except StopIteration as ended:
            return ended.value
