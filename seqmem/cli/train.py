"""`seqmem train`."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seqmem.cli.layers import read_config, typed_layer
from seqmem.cli.options import HeadedCommand, cache_option, config_options, option, setting_options
from seqmem.cli.output import Output, output_options
from seqmem.cli.own_cell import allow_cell_of_run
from seqmem.cli.presets import list_presets_first
from seqmem.cli.stopping import keep_when_stopped
from seqmem.cli.wording import option_name
from seqmem.config import RunConfig
from seqmem.errors import UsageError
from seqmem.settings import Integer

if TYPE_CHECKING:
    from seqmem.results import Progress, RunResult

    Steps = Generator[Progress, None, RunResult]


@click.command(
    "train",
    cls=HeadedCommand,
    examples={
        "seqmem train": "The tutorial's two sequences, learned in a few seconds.",
        "seqmem train --gap 30 --fillers fresh --units 40 --replicates 20": "How often a longer memory is found.",
        "seqmem train --preset tutorial --replicates 100": "The tutorial to the letter: is it memory, or luck?",
        'seqmem train --sequence "the cat sat" --sequence "a cat ran"': "Sequences of your own.",
        "seqmem train --resume runs/first": "Go on after Ctrl-C or a crash; the result is the same to the byte.",
        "seqmem train --out runs/first --json --quiet": "For a script: one JSON document on stdout.",
    },
)
@config_options
@setting_options("Task", "Network", "Training")
@option("--out", type=click.Path(path_type=Path), metavar="DIR", help="The new run directory [default: in runs/].")
@option("--threads", kind=Integer(1, 4096), help="Threads an operation may use. [default: 1]")
@option("--checkpoint-every", kind=Integer(1), help="Presentations between checkpoints.")
@option("--resume", type=click.Path(path_type=Path), metavar="RUN", help="Go on with a run that was interrupted.")
@cache_option
@output_options
@list_presets_first
def command(
    config_path: Path | None,
    preset: str | None,
    out: Path | None,
    threads: int | None,
    checkpoint_every: int | None,
    resume: Path | None,
    cache: bool,
    output: Output,
    **typed: Any,
) -> None:
    """Train networks on a task, judge them and store the run.

    Settings come from the defaults, then --preset, then CONFIG.toml, then options; the later one wins. The result
    goes to stdout, everything else to stderr.
    """
    if resume is None:
        config = read_config(config_path, preset, typed)
        place, steps = start(config, out, threads=threads or 1, cache=cache, checkpoint_every=checkpoint_every)
    else:
        allow_cell_of_run(resume, typed.pop("cell"))
        refuse_settings({"CONFIG.toml": config_path, "--preset": preset, "--out": out, "--threads": threads}, typed)
        config, steps = go_on(resume, cache=cache, checkpoint_every=checkpoint_every)
        place = resume
    from seqmem.render.live import LiveRun
    from seqmem.render.run_view import draw_run

    with LiveRun(output.talk(), config, quiet=output.quiet) as live:
        result = live.follow(keep_when_stopped(steps, place))
    output.result(result, lambda found: draw_run(found, place))
    output.note(f"Stored in {place}")


def start(config: RunConfig, out: Path | None, **how: Any) -> tuple[Path, Steps]:
    """Makes the run directory of a new run; returns its path and the run, which begins when it is followed."""
    from seqmem import experiment
    from seqmem.rundir import create_run_directory

    experiment.try_cell(config.cell, threads=how["threads"], cache=how["cache"])
    directory = create_run_directory(config, out)
    return directory.path, experiment.train(config, directory, **how)


def go_on(path: Path, **how: Any) -> tuple[RunConfig, Steps]:
    """Takes up a run where its last checkpoint left it; returns its settings and the rest of it."""
    from seqmem import experiment
    from seqmem.rundir import read_config

    return read_config(path), experiment.resume(path, **how)


def refuse_settings(sources: dict[str, Any], typed: dict[str, Any]) -> None:
    """Raises UsageError where settings were given for a run that has its own."""
    given = [name for name, value in sources.items() if value is not None]
    given += [option_name(name) for name in typed_layer(typed).settings]
    if given:
        raise UsageError(f"{given[0]} does not go with --resume: a run goes on with the settings it was begun with")
