"""The next commands worth trying after a run."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Any

from seqmem.config.defaults import DECIDED
from seqmem.config.run_config import RunConfig, task_of
from seqmem.config.sources import typed_option
from seqmem.errors import SettingError
from seqmem.results.findings import above_baseline, blown_up, missed, nothing_settled, still_falling
from seqmem.results.run import RunResult
from seqmem.settings import settings_of

# Changes of these are always spelled out, even back to the default.
ALWAYS_SAID = ("cell", "rows", "stateful", "window", "init", "head", "loss_at", "alphabet_size")
ALPHABET = 12  # largest alphabet of the recipe that remembers over long gaps
REASONS = {
    "init": "gates that begin by holding the state",
    "head": "softmax outputs",
    "loss_at": "loss at recall steps only",
    "alphabet_size": "fewer symbols",
    "learning_rate": "larger steps",
}
LONGEST_SEQUENCES = 80  # characters of sequences that are repeated in a command


def next_commands(result: RunResult, run: PurePath | None = None) -> list[tuple[str, str]]:
    """Returns the command lines worth trying next, each with why; `run` is its directory, where it is known."""
    config = result.config
    command, why = _next_training(result)
    commands = [(_from_file(command, result, run), why)]
    if run is not None and result.summary.solved and config.task.gap:
        gap = config.task.gap[1]
        command = f"seqmem eval {shlex.quote(str(run))} --gaps {gap},{2 * gap},{10 * gap}"
        commands.append((command, "does it remember over gaps that it never saw?"))
    return commands


def repeat_command(result: RunResult) -> str:
    """Returns the `seqmem train` line that makes a run again."""
    return _from_file(train_command(result.config), result, result.path)


def _from_file(command: str, result: RunResult, run: PurePath | None) -> str:
    """Replaces sequences by the file that they came from, or if they are long by the settings of the run."""
    written = result.config.to_settings().get("sequences")
    if not written:
        return command
    option = spelled("sequences", written)
    if result.sequences_option:
        return command.replace(option, result.sequences_option)
    named = option if run is None else f"--sequences {shlex.quote(str(run / 'config.toml'))}"
    return command.replace("--sequences FILE", named)


def _next_training(result: RunResult) -> tuple[str, str]:
    config, verdict = result.config, result.summary.verdict
    if verdict == "diverged" or (verdict == "memoryless" and blown_up(result)):
        return train_command(config, learning_rate=config.learning_rate / 10, clip_norm=1.0), "smaller, clipped steps:"
    # no target can be predicted: only other sequences help
    if nothing_settled(result) and (cued := with_cues(config)):
        return train_command(cued), "begin each sequence with a word that tells them apart:"
    if verdict == "nothing_to_remember":
        return train_command(RunConfig()), "a task that needs memory:"
    if verdict == "solved":
        return _after_success(config)
    # if half of the replicates remember, the recipe is sufficient, and only time is missing
    few = not result.summary.solved and 2 * result.summary.remember <= len(result.replicates)
    if few and (lacks := _lacks(config)):
        return lacks
    # replicates that stopped too early do not need a larger budget, even if their loss still falls
    late = missed(result)
    falling = still_falling(result.history) and not late
    if falling and verdict != "memoryless":
        return train_command(config, **_longer_budget(config)), "the loss still falls: train longer:"
    if changes := untried(config):
        reasons = ", ".join(REASONS[name] for name in changes if name in REASONS)
        # a loss above the baseline: not even the frequencies of the symbols are learned yet
        longer = _longer_budget(config) if above_baseline(result) else {}
        return train_command(config, **changes, **longer), f"what helps over long gaps and was not tried: {reasons}:"
    if late and config.stop:
        return train_command(config, stop=False), "train on where it looked solved, so that rare sequences count too:"
    if late or falling or above_baseline(result):
        why = "the loss still falls: train longer:" if falling else "train longer:"
        return train_command(config, **_longer_budget(config)), why
    # nothing is left to try but other seeds, and then smaller steps
    if config.replicates < 10:
        return train_command(config, replicates=20), "is it so from every start?"
    smaller = {"learning_rate": config.learning_rate / 3, "clip_norm": config.clip_norm or 1.0}
    return train_command(config, **smaller, **_longer_budget(config)), "smaller, clipped steps, and more of them:"


def _after_success(config: RunConfig) -> tuple[str, str]:
    """The next question after a solved run."""
    if config.replicates < 10:
        return train_command(config, replicates=20), "is it so from every start?"
    if harder := config.task.harder():
        changes, question = harder
        return train_command(config, **changes), question
    if config.units == 1:
        return train_command(config, seed=config.seed + config.replicates), "do other seeds solve it too?"
    return train_command(config, units=max(1, config.units // 4)), "does a smaller network do?"


def _lacks(config: RunConfig) -> tuple[str, str] | None:
    """The first change without which no training can succeed, if there is one."""
    # with whole sequences there are fewer updates, so they must be larger
    quick = {"learning_rate": max(config.learning_rate, 0.01)} if config.optimizer == "adam" else {}
    whole = {"window": None, "stop": True, **quick}
    if not config.cell.keeps_state:
        return train_command(config, cell="lstm"), "give it a memory:"
    if config.rows == "steps":
        return train_command(config, rows="sequences", **whole), "let each row be a whole sequence:"
    if not config.stateful:
        return train_command(config, stateful=True, **whole), "keep the state to the end of a sequence:"
    if config.steps_per_window < config.task.time and config.gradient == "bptt":
        return train_command(config, **whole), "let the gradient reach back to the cue:"
    return None


def untried(config: RunConfig) -> dict[str, Any]:
    """Returns the missing parts of the recipe that remembers over a thousand steps, as changes of settings.

    Each part is needed in some tasks: without chrono the state fades, without softmax and loss at recall steps the few
    recall steps have little weight, and with many symbols the cue is one input among too many.
    """
    changes: dict[str, Any] = {}
    if config.cell.gated and config.init.kind != "chrono":
        changes["init"] = "chrono"
    if config.head != "softmax":
        changes["head"] = "softmax"
    if config.loss_at != "recall" and config.task.sequences_with_recall:
        changes["loss_at"] = "recall"
    reserved = config.task.reserved_symbols
    if reserved is not None and len(config.task.input_symbols) > ALPHABET > reserved:
        changes["alphabet_size"] = ALPHABET
    if changes and config.optimizer == "adam" and config.learning_rate < 0.01:
        changes["learning_rate"] = 0.01
    return changes


def train_command(config: RunConfig, **changes: object) -> str:
    """Returns the `seqmem train` line of a config with changed settings, without defaults.

    Settings that a rule decided are left out, so that the rule is applied again to the changed settings.
    """
    settings = {name: value for name, value in _without_decided(config).items() if name not in config.task.implied()}
    settings, changes = _agreeing(settings, changes)
    settings |= changes
    fields = [field for part in (config.task, config.cell, config) for field in settings_of(type(part))]
    usual = {field.name: field.metadata["kind"].write(field.default) for field in fields if field.name not in DECIDED}
    asked = {name: value for name, value in settings.items() if name != "task" and usual.get(name, ...) != value}
    asked |= {name: _written(name, changes[name]) for name in ALWAYS_SAID if name in changes}
    ordered = dict.fromkeys([*(name for name in changes if name in asked), *asked])
    task = [] if task_of(asked) == config.task.name else [f"--task {config.task.name}"]
    return " ".join(["seqmem train", *task, *(spelled(name, asked[name]) for name in ordered)])


def _agreeing(settings: dict[str, Any], changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings and changes that go together, as a loss of sigmoid outputs does not go with a change to softmax."""
    settings, changes = dict(settings), dict(changes)
    while True:
        try:
            RunConfig.from_settings(settings | changes)
        except SettingError as error:
            # a change that is refused by itself is not made; what a change contradicts goes back to its default
            refused = changes if error.setting in changes else settings
            if error.setting not in refused:
                raise
            del refused[error.setting]
        else:
            return settings, changes


def with_cues(config: RunConfig) -> RunConfig | None:
    """Returns a config with a new word, a cue, before each of the user's sequences; None for other tasks."""
    cued = config.task.with_cues()
    if cued is None:
        return None
    own = {"task", *(field.name for field in settings_of(type(config.task)))}
    settings = {name: value for name, value in _without_decided(config).items() if name not in own}
    return RunConfig(task=cued, **settings)


def _without_decided(config: RunConfig) -> dict[str, Any]:
    decided = config.decided_by_rule
    return {name: value for name, value in config.to_settings().items() if name not in decided}


def _written(name: str, value: object) -> object:
    return "sequence" if name == "window" and value is None else value


def _longer_budget(config: RunConfig) -> dict[str, Any]:
    """Four times the budget, in epochs or presentations as in the run."""
    if config.presentations:
        return {"presentations": min(4 * config.presentations, 2**31 - 1)}
    return {"epochs": 4 * (config.epochs or 1)}


def spelled(name: str, value: object) -> str:
    """Returns a setting as an option, quoted for a shell."""
    if name == "sequences" and isinstance(value, (list, tuple)):
        if sum(map(len, value)) > LONGEST_SEQUENCES:
            return "--sequences FILE"
        return " ".join(typed_option(name, row, _for_shell) for row in value)
    return typed_option(name, value, _for_shell)


def _for_shell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
    return shlex.quote(f"{text:g}" if isinstance(text, float) else str(text))
