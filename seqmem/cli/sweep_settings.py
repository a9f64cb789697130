"""What `seqmem sweep` was asked for, gathered from preset, TOML file and options."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.cli.layers import lay_over, typed_layer
from seqmem.cli.output import Output
from seqmem.cli.wording import option_name, quoted
from seqmem.config import setting_fields
from seqmem.errors import UsageError
from seqmem.network_settings import is_user_cell

if TYPE_CHECKING:
    from seqmem.sweep.plan import Plan
    from seqmem.sweep.request import Request
    from seqmem.sweep_axes import Axis

VARY = "vary"


def read_request(
    path: Path | None, preset: str | None, vary: tuple[str, ...], typed: Mapping[str, Any], how: Mapping[str, Any]
) -> Request:
    """Gathers the raw settings and the axes; what follows from them is left to each trial.

    Args:
        path: A TOML file of settings with a table of axes, or None.
        preset: Name of a preset, or None.
        vary: Axes as they were typed; each wins over the file's of the same setting.
        typed: What click collected from the options of settings.
        how: `search`, `count`, `rank`, `prune`, `threads` and `ahead`, None where not typed.

    Raises:
        UsageError: In one line that names the option, or the file and key, that is wrong.
    """
    from seqmem import presets
    from seqmem.sweep.axis import parse_axis
    from seqmem.sweep.request import Request

    base: dict[str, Any] = presets.read_preset(preset) if preset else {}
    axes: list[Axis] = []
    if path is not None:
        settings, axes = read_sweep_file(path)
        base = lay_over(base, settings)
    own = typed_layer(typed).settings
    given = [parse_axis(text) for text in vary]
    replaced = {axis.name for axis in given}
    axes = [axis for axis in axes if axis.name not in replaced] + given
    for axis in axes:
        if axis.name in own:
            raise UsageError(f"{option_name(axis.name)} does not go with --vary {axis.name}: it is one or the other")
        base = lay_over(base, {axis.name: None})
        del base[axis.name]
    named = [own.get("cell", ""), *(value for axis in given if axis.name == "cell" for value in axis.values)]
    cells = tuple(cell for cell in named if is_user_cell(cell))
    return Request(_written(lay_over(base, own)), tuple(axes), **how, cells=cells)


def read_sweep_file(path: Path) -> tuple[dict[str, Any], list[Axis]]:
    """Reads the settings of a TOML file, and the axes in its table `[vary]`."""
    from seqmem.config_file import check_settings, read_toml_file
    from seqmem.sweep.axis import read_axis

    settings = read_toml_file(path)
    table = settings.pop(VARY, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: vary = {quoted(table)}: must be a table [vary] of settings and their values")
    check_settings(settings, str(path))
    try:
        return settings, [read_axis(name, values) for name, values in table.items()]
    except UsageError as error:
        raise UsageError(f"{path}: [vary] {error}") from None


def describe_plan(plan: Plan, jobs: int, output: Output) -> None:
    """Says what a sweep would do, and about how long it would take at most."""
    import click

    from seqmem.render.sweep_view import decided_words
    from seqmem.render.wording import plural, shown_seconds
    from seqmem.sweep.estimate import estimated_seconds

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


def _written(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as a plan holds them: each in the one form that its kind writes."""
    kinds = {name: field.metadata["kind"] for name, field in setting_fields().items()}
    return {
        name: kinds[name].write(kinds[name].read(name, value)) if name in kinds else value
        for name, value in settings.items()
    }
