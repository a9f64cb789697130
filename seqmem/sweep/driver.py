"""The sweep itself: trials go to an engine, and outcomes come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait

from seqmem.config.plan import Point
from seqmem.errors import SeqmemError, UsageError
from seqmem.results.importance import importances
from seqmem.results.sweep import Outcome, SweepProgress, SweepResult, Trial, ranked
from seqmem.storage.sweep_directory import SweepDirectory, known_points, read_trial
from seqmem.sweep.adaptive import Adaptive
from seqmem.sweep.engine import Engine
from seqmem.sweep.processes import TrialTimeout, WorkerDied
from seqmem.sweep.schedule import ByShape, Order
from seqmem.sweep.trial import Job

# How often the caller hears of a sweep in which nothing ends: often enough for a clock.
SECONDS_BETWEEN_TICKS = 1.0


class Sweep:
    """Runs what is missing of a sweep: an iterable of its progress, at each start and end of a trial and each second.

    The caller draws, and stops by leaving the loop: what is finished stays, and the sweep can be resumed.

    Args:
        directory: The sweep, new or started before.
        engine: Where its trials run; shut down by whoever made it.
    """

    def __init__(self, directory: SweepDirectory, engine: Engine):
        self._directory, self._engine, self._plan = directory, engine, directory.plan
        self._ended: dict[int, Trial] = {}
        self._running: dict[Future[Outcome], tuple[Point, Job]] = {}
        self._again: list[tuple[Point, Job]] = []
        self._deaths: Counter[int] = Counter()
        self._best: Trial | None = None
        self._counts = {"complete": 0, "pruned": 0, "failed": 0}

    @property
    def result(self) -> SweepResult:
        """What was found: after the loop, with every trial complete, pruned or failed."""
        plan, trials = self._plan, tuple(self._ended[number] for number in sorted(self._ended))
        shares = importances(plan, trials)
        path = self._directory.path
        return SweepResult(plan.axes, plan.search, plan.rank, plan.total, trials, shares, plan.decided, plan.base, path)

    def __iter__(self) -> Iterator[SweepProgress]:
        """Keeps the workers at work until there is nothing left for them; SeqmemError if they are lost."""
        order = self._order()
        yield self._progress(order)
        while True:
            while len(self._running) < max(1, self._engine.workers()) and (start := self._next(order)):
                # drawn first: in this process, to submit a trial is to run it
                yield self._progress(order, starting=start[0])
                self._running[self._engine.executor.submit(self._engine.call, start[1])] = start
            if not self._running:
                return
            # without a tick the caller could draw no clock while trials run for minutes
            done, _ = wait(self._running, SECONDS_BETWEEN_TICKS, FIRST_COMPLETED)
            if not done:
                yield self._progress(order)
            for future in done:
                if (ended := self._take_in(future)) is not None:
                    order.ended(ended)
                    yield self._progress(order, ended=ended)

    def _order(self) -> Order:
        """The order of what is missing: the plan minus what is finished."""
        path, plan = self._directory.path, self._plan
        trials = [read_trial(path, plan, point) for point in known_points(path, plan)]
        missing = [trial.point for trial in trials if trial.status == "missing"]
        # made before the loop below notes failures: it looks whether trials failed in an earlier session
        order: Order
        if plan.adaptive:
            order = Adaptive(self._directory, trials)
        else:
            order = ByShape([(point, plan.config(point)) for point in missing], self._engine.workers() > 1)
        for trial in trials:
            if trial.status != "missing":
                self._end(trial)
        return order

    def _next(self, order: Order) -> tuple[Point, Job] | None:
        """What to start now: what is to be tried again, or the next in its order; None where there is nothing yet."""
        if self._again:
            return self._again.pop()
        plan, engine = self._plan, self._engine
        while (point := order.next()) is not None:
            try:
                settings = plan.config(point).to_settings()
            except UsageError as error:  # values of a search that do not go together
                trial = Trial(point, Outcome("failed", reason=str(error)))
                self._end(trial)
                order.ended(trial)
                continue
            path = str(self._directory.trial_path(point).absolute())
            return point, Job(path, settings, plan.threads, engine.seconds, plan.measure, order.medians, engine.trusted)
        return None

    def _take_in(self, future: Future[Outcome]) -> Trial | None:
        """Takes a trial that has ended into account; None where it is to be run again."""
        point, job = self._running.pop(future)
        outcome = self._outcome(future, point)
        if outcome is None:
            self._again.append((point, job))
            return None
        trial = Trial(point, outcome)
        self._end(trial)
        return trial

    def _outcome(self, future: Future[Outcome], point: Point) -> Outcome | None:
        """What became of a trial; None where its worker died and it may be tried again."""
        try:
            return future.result()
        except WorkerDied as death:
            self._deaths[point.number] += death.times
            deaths = self._deaths[point.number]
            if deaths <= self._engine.retries:
                return None
            times = f"{deaths} times" if deaths > 1 else "once"
            reason = f"its worker died {times}: killed, out of memory, or ended by the trial"
        except TrialTimeout:
            reason = "did not answer within --trial-timeout; its worker was killed"
        except CancelledError:
            raise SeqmemError(f"the workers are lost; `seqmem sweep --resume {self._directory.path}` goes on") from None
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        return Outcome("failed", reason=reason)

    def _end(self, trial: Trial) -> None:
        if trial.status == "failed":
            self._directory.append_failure(trial)
        self._ended[trial.number] = trial
        self._counts[trial.status] += 1
        if trial.result is not None:
            self._best = ranked([self._best, trial] if self._best else [trial], self._plan.measure)[0]

    def _progress(self, order: Order, starting: Point | None = None, ended: Trial | None = None) -> SweepProgress:
        running = tuple(point for point, _ in self._running.values())
        return SweepProgress(
            total=self._plan.total,
            **self._counts,
            running=(*running, starting) if starting else running,
            workers=self._engine.workers(),
            best=self._best,
            rank=self._plan.measure,
            seconds_left=order.remaining.seconds(),
            ended=ended,
        )
