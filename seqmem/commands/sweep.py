"""What `seqmem sweep` does: a plan, an engine, what is found; or what it would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.errors import SeqmemError
from seqmem.terminal.output import Output

if TYPE_CHECKING:
    from seqmem.config.plan import Plan
    from seqmem.config.request import Request


def _plan_of(request: Request, resume: Path | None) -> Plan:
    """The plan of a new sweep, or the one that an old sweep was begun with, checked against what was asked."""
    if resume is None:
        from seqmem.sweep.search import random_points

        return request.plan(random_points)
    from seqmem.storage.sweep_directory import read_plan_to_resume

    plan = read_plan_to_resume(resume)
    request.refuse_other_than(plan)
    return plan


def _run(request: Request, out: Path | None, resume: Path | None, how: dict[str, Any], output: Output) -> None:
    """Runs a sweep and shows what it found; the error at the end counts the trials that failed."""
    import seqmem.render.results  # noqa: F401  # registers how results are drawn
    from seqmem.backend.extras import import_optuna
    from seqmem.render.live_sweep import LiveSweep
    from seqmem.render.sweep_view import decided_words
    from seqmem.storage.sweep_directory import create_sweep_directory, open_sweep_directory
    from seqmem.sweep.driver import Sweep
    from seqmem.sweep.engine import open_engine

    plan = _plan_of(request, resume)
    request.check_cells(plan)
    if plan.search == "tpe":
        import_optuna()
    with open_engine(how["jobs"], how["scheduler"], how["trial_timeout"], how["retries"], request.cells) as engine:
        directory = create_sweep_directory(plan, out) if resume is None else open_sweep_directory(resume)
        path = directory.path
        output.note(f"{path}: {plan.total} trials")
        if plan.decided:
            output.note(f"In all trials: {', '.join(decided_words(plan.decided))}")
        if plan.adaptive and engine.workers() > plan.max_pending:
            words = f"Only {plan.max_pending} of {engine.workers()} workers will have work"
            output.note(f"{words}: begin a sweep with --ahead {engine.workers()} to use them all")
        try:
            sweep = Sweep(directory, engine)
            with LiveSweep(output.talk(), quiet=output.quiet) as live:
                live.follow(sweep)
        except KeyboardInterrupt:
            output.note(f"Finished trials are kept; `seqmem sweep --resume {path}` goes on")
            raise
        finally:
            directory.close()
    result = sweep.result
    output.result(result.ranked_by(request.rank))
    output.note(f"Stored in {path}")
    if failed := result.counts["failed"]:
        raise SeqmemError(f"{failed} of {plan.total} trials failed; `seqmem sweep --resume {path}` tries them again")


def describe_plan(plan: Plan, jobs: int, output: Output) -> None:
    """Says what a sweep would do, and about how long it would take at most."""
    import click

    from seqmem.render.sweep_view import decided_words
    from seqmem.sweep.schedule import estimated_seconds
    from seqmem.terminal.wording import plural, shown_seconds

    seconds = estimated_seconds(plan, jobs)
    if output.json:
        axes = {axis.name: str(axis).partition("=")[2] for axis in plan.axes}
        told = {"axes": axes, "search": plan.search, "decided": plan.decided}
        output.document({"trials": plan.total, **told, "seconds": round(seconds)})
        return
    for axis in plan.axes:
        click.echo(str(axis))
    if plan.decided:
        click.echo(f"In all trials: {', '.join(decided_words(plan.decided))}")
    words = f"{plural(plan.total, 'trial')}, at most about {shown_seconds(seconds)}"
    click.echo(words + (f" on {jobs} processes" if jobs > 1 else ""))
