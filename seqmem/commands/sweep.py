"""`seqmem sweep`: a plan, an engine, a table of trials."""

from __future__ import annotations

from pathlib import Path

import click

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.backend.extras import import_optuna
from seqmem.config.plan import Plan
from seqmem.config.request import Request
from seqmem.errors import SeqmemError
from seqmem.render.live_sweep import LiveSweep
from seqmem.render.sweep_view import fixed_words
from seqmem.storage.sweep_directory import create_sweep_directory, open_sweep_directory, read_plan_to_resume
from seqmem.sweep.driver import Sweep
from seqmem.sweep.engine import open_engine
from seqmem.sweep.schedule import estimated_seconds
from seqmem.sweep.search import random_points
from seqmem.terminal.console import print_result, talk
from seqmem.terminal.output import Output
from seqmem.terminal.wording import plural, shown_seconds


class FailedTrialsError(SeqmemError):
    """Trials of a sweep failed; the others are drawn."""

    after_result = True


def _plan_of(request: Request, resume: Path | None) -> Plan:
    """The plan of a new sweep, or that of a sweep to resume, compared with the request."""
    if resume is None:
        return request.plan(random_points)
    plan = read_plan_to_resume(resume)
    request.refuse_other_than(plan)
    return plan


def _fixed(plan: Plan) -> str:
    return ", ".join(fixed_words(plan.base, plan.decided, [axis.name for axis in plan.axes]))


def sweep(
    request: Request,
    *,
    out: Path | None,
    resume: Path | None,
    jobs: int | None,
    scheduler: str | None,
    trial_timeout: float | None,
    retries: int,
    output: Output,
) -> None:
    """Runs a new sweep, or resumes one, and prints its result; FailedTrialsError at the end counts failed trials."""
    plan = _plan_of(request, resume)
    request.check_cells(plan)
    if plan.search == "tpe":
        import_optuna()  # for its error, before a directory is made
    with open_engine(jobs, scheduler, trial_timeout, retries, request.cells) as engine:
        directory = create_sweep_directory(plan, out) if resume is None else open_sweep_directory(resume)
        path = directory.path
        output.note(f"{path}: {plan.total} trials")
        output.note(f"In all trials: {_fixed(plan)}")
        # `max_pending` is part of the plan; another number would change the search
        if plan.adaptive and engine.workers() > plan.max_pending:
            words = f"Only {plan.max_pending} of {engine.workers()} workers will have work"
            output.note(f"{words}: begin a sweep with --ahead {engine.workers()} to use them all")
        try:
            trials = Sweep(directory, engine)
            with LiveSweep(talk(output), quiet=output.quiet) as live:
                live.follow(trials)
        except KeyboardInterrupt:
            output.note(f"Finished trials are kept; `seqmem sweep --resume {path}` goes on")
            raise
        finally:
            directory.close()
    result = trials.result
    print_result(output, result.ranked_by(request.rank))
    output.note(f"Stored in {path}")
    if failed := result.counts["failed"]:
        words = f"{failed} of {plan.total} trials failed"
        raise FailedTrialsError(f"{words}; `seqmem sweep --resume {path}` tries them again")


def describe_plan(request: Request, *, resume: Path | None, jobs: int, output: Output) -> None:
    """Prints the plan of a sweep and an upper bound of its duration."""
    plan = _plan_of(request, resume)
    seconds = estimated_seconds(plan, jobs)
    if output.json:
        axes = {axis.name: str(axis).partition("=")[2] for axis in plan.axes}
        document = {"axes": axes, "search": plan.search, "decided": plan.decided}
        output.document({"trials": plan.total, **document, "seconds": round(seconds)})
        return
    for axis in plan.axes:
        click.echo(str(axis))
    click.echo(f"In all trials: {_fixed(plan)}")
    words = f"{plural(plan.total, 'trial')}, at most about {shown_seconds(seconds)}"
    click.echo(words + (f" on {jobs} processes" if jobs > 1 else ""))
