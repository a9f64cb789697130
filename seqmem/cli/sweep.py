"""`seqmem sweep`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from seqmem.cli.options import HeadedCommand, completed, config_options, list_presets_first, option, setting_options
from seqmem.cli.output import output_options
from seqmem.config.run_config import setting_fields
from seqmem.config.sources import option_name, read_request
from seqmem.errors import UsageError
from seqmem.settings import Choice, Integer, Number
from seqmem.terminal.output import Output


def _complete_axes(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return completed((f"{option_name(name).removeprefix('--')}=" for name in setting_fields()), incomplete)


@click.command(
    "sweep",
    cls=HeadedCommand,
    examples={
        "seqmem sweep --vary gap=3,10,30 --vary units=5,20 --replicates 20": "A map of memory over two axes.",
        "seqmem sweep --vary gap=10,100,1000 --jobs 2": "On two processes.",
        "seqmem sweep --vary learning-rate=1e-4~1e-1 --vary units=8..64*2 --search tpe --trials 40": "A search.",
        "seqmem sweep --vary sequences=first.txt,second.csv --replicates 20": "Which of these takes more memory?",
        "seqmem sweep --resume runs/2026-11-22-sweep-gap": "Go on after an interruption.",
        "seqmem sweep --vary gap=3..30 --dry-run": "How many trials, and about how long.",
    },
)
@config_options
@option(
    "--vary",
    multiple=True,
    metavar="SETTING=VALUES",
    shell_complete=_complete_axes,
    heading="Sweep",
    help="An axis: a list (gap=3,10 or files, sequences=a.txt,b.csv), a range with steps (units=8..64*2, gap=2..8) "
    "or, for a search, a continuous range (learning-rate=1e-4~1e-1, log scale). Repeatable.",
)
@option(
    "--search",
    kind=Choice(("grid", "random", "tpe")),
    heading="Sweep",
    help="Every combination, some at random (which may repeat), or some proposed by Optuna. [default: grid]",
)
@option("--trials", "count", kind=Integer(1), heading="Sweep", help="Trials of a search.")
@option("--rank", metavar="COLUMN", heading="Sweep", help="Sort by it; a search optimises it. [default: success_rate]")
@option(
    "--prune/--no-prune",
    default=None,
    heading="Sweep",
    help="Stop a trial that falls behind the others. [default: no-prune]",
)
@option(
    "--ahead",
    kind=Integer(1, 1024),
    heading="Sweep",
    help="Adaptive sweeps: at most N trials run at once; each is chosen knowing all but the N before it. [default: 8]",
)
@option("--jobs", kind=Integer(1, 1024), heading="Sweep", help="Worker processes [default: none but this one].")
@option("--scheduler", metavar="ADDRESS", heading="Sweep", help="Run trials on a Dask cluster, tcp://HOST:PORT.")
@option("--threads", kind=Integer(1, 4096), heading="Sweep", help="Threads of each worker. [default: 1]")
@option(
    "--trial-timeout", kind=Number(0.0, 1e9), metavar="SECONDS", heading="Sweep", help="Stop a trial after this long."
)
@option(
    "--retries",
    kind=Integer(0, 100),
    default=2,
    heading="Sweep",
    help="Run a trial again whose worker died, at most N times. [default: 2]",
)
@option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR",
    heading="Sweep",
    help="The new sweep directory [default: in runs/].",
)
@option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="SWEEP",
    heading="Sweep",
    help="Go on with what is missing or failed.",
)
@option("--dry-run", is_flag=True, heading="Sweep", help="Say how many trials and how long; run nothing.")
@setting_options("Task", "Network", "Training")
@output_options
@list_presets_first
def command(
    config_path: Path | None,
    preset: str | None,
    vary: tuple[str, ...],
    out: Path | None,
    resume: Path | None,
    dry_run: bool,
    output: Output,
    **typed: Any,
) -> None:
    """Run many trials over axes of settings.

    Every trial trains all its replicates and is stored in a run directory of its own. SWEEP.toml holds settings and
    axes in a table [vary]; options win over it.
    """
    engine = {name: typed.pop(name) for name in ("jobs", "scheduler", "trial_timeout", "retries")}
    plan = {name: typed.pop(name) for name in ("search", "count", "rank", "prune", "threads", "ahead")}
    request = read_request(config_path, preset, vary, typed, plan)
    if resume is not None and out is not None and not dry_run:
        raise UsageError("--out does not go with --resume: a sweep goes on in its own directory")
    from seqmem.commands.sweep import describe_plan, sweep

    if dry_run:
        describe_plan(request, resume=resume, jobs=engine["jobs"] or 1, output=output)
    else:
        sweep(request, out=out, resume=resume, output=output, **engine)
