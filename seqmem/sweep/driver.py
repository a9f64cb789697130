"""The loop of a sweep: trials are sent to an engine, outcomes collected."""

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

# Interval of progress while no trial ends, so that the caller can draw a clock.
SECONDS_BETWEEN_TICKS = 1.0


class Sweep:
    """Runs the missing trials of a sweep: an iterable of progress, at each start and end of a trial and each second.

    The caller may stop by leaving the loop; finished trials are kept, and the sweep can be resumed.
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
        """The result after the loop, with every trial complete, pruned or failed."""
        plan, trials = self._plan, tuple(self._ended[number] for number in sorted(self._ended))
        shares = importances(plan, trials)
        path = self._directory.path
        return SweepResult(plan.axes, plan.search, plan.rank, plan.total, trials, shares, plan.decided, plan.base, path)

    def __iter__(self) -> Iterator[SweepProgress]:
        """Starts trials whenever a worker is free, until all have ended; SeqmemError if the workers are lost."""
        order = self._order()
        yield self._progress(order)
        while True:
            while len(self._running) < max(1, self._engine.workers()) and (start := self._next(order)):
                # before `submit`, which runs the trial if it is an executor of this process
                yield self._progress(order, starting=start[0])
                self._running[self._engine.executor.submit(self._engine.call, start[1])] = start
            if not self._running:
                return
            done, _ = wait(self._running, SECONDS_BETWEEN_TICKS, FIRST_COMPLETED)
            if not done:
                yield self._progress(order)
            for future in done:
                if (ended := self._take_in(future)) is not None:
                    order.ended(ended)
                    yield self._progress(order, ended=ended)

    def _order(self) -> Order:
        """The order of the missing trials: those of the plan without a result."""
        path, plan = self._directory.path, self._plan
        trials = [read_trial(path, plan, point) for point in known_points(path, plan)]
        missing = [trial.point for trial in trials if trial.status == "missing"]
        # before the loop below writes failures: `Adaptive` checks for failures of an earlier session
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
        """The trial to start now: one to be tried again, or the next in the order; None if there is none yet."""
        if self._again:
            return self._again.pop()
        plan, engine = self._plan, self._engine
        while (point := order.next()) is not None:
            try:
                settings = plan.config(point).to_settings()
            except UsageError as error:  # a search may propose values that contradict each other
                trial = Trial(point, Outcome("failed", reason=str(error)))
                self._end(trial)
                order.ended(trial)
                continue
            path = str(self._directory.trial_path(point).absolute())
            return point, Job(path, settings, plan.threads, engine.seconds, plan.measure, order.medians, engine.trusted)
        return None

    def _take_in(self, future: Future[Outcome]) -> Trial | None:
        """Returns a trial that has ended; None if it is to be run again."""
        point, job = self._running.pop(future)
        outcome = self._outcome(future, point)
        if outcome is None:
            self._again.append((point, job))
            return None
        trial = Trial(point, outcome)
        self._end(trial)
        return trial

    def _outcome(self, future: Future[Outcome], point: Point) -> Outcome | None:
        """The outcome of a trial; None if its worker died and it may be tried again."""
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
