"""`seqmem train`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from seqmem.cli.options import HeadedCommand, cache_option, config_options, list_presets_first, option, setting_options
from seqmem.cli.output import output_options
from seqmem.config.sources import files_typed, option_name, read_config, typed_settings
from seqmem.errors import UsageError
from seqmem.settings import Integer
from seqmem.terminal.output import Output


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
@option(
    "--out", "-o", type=click.Path(path_type=Path), metavar="DIR", help="The new run directory [default: in runs/]."
)
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
    else:
        cell = typed.pop("cell")
        _refuse_settings({"CONFIG.toml": config_path, "--preset": preset, "--out": out, "--threads": threads}, typed)
    from seqmem.commands import train

    if resume is None:
        named = files_typed(typed)
        keeping: dict[str, Any] = {"cache": cache, "checkpoint_every": checkpoint_every, "sequences_option": named}
        train.train(config, out, threads=threads or 1, output=output, **keeping)
    else:
        trusted = cell.value if cell else None
        train.resume(resume, trusted, cache=cache, checkpoint_every=checkpoint_every, output=output)


def _refuse_settings(sources: dict[str, object], typed: dict[str, Any]) -> None:
    """Raises UsageError if settings were given together with --resume."""
    given = [name for name, value in sources.items() if value is not None]
    given += [option_name(name) for name in typed_settings(typed)]
    if given:
        raise UsageError(f"{given[0]} does not go with --resume: a run goes on with the settings it was started with")
