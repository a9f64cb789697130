"""The tasks: what is shown, what is asked, and what needs memory."""

from collections.abc import Mapping

from seqmem.settings import Choice, Settings, Value, settings_of
from seqmem.tasks.conflicting import ConflictingSequences
from seqmem.tasks.explicit import ExplicitSequences
from seqmem.tasks.hochreiter import Hochreiter1997
from seqmem.tasks.task import Task

TASKS: dict[str, type[Task]] = {
    task.name: task
    for task in (
        ConflictingSequences,
        ExplicitSequences,
        Hochreiter1997,
    )
}
DEFAULT_TASK = ConflictingSequences.name


def tasks_with(setting: str) -> list[str]:
    """Returns the names of the tasks that have a setting."""
    return [name for name, task in TASKS.items() if setting in {field.name for field in settings_of(task)}]


def named_task(settings: Mapping[str, object]) -> str | None:
    """Returns the task that alone has one of these settings; None where the settings say nothing of it."""
    owners = [tasks_with(key) for key in settings]
    return next((names[0] for names in owners if len(names) == 1 and names[0] != DEFAULT_TASK), None)


def task_kind() -> Choice:
    """Returns the kind of the setting `task`."""
    return Choice(tuple(TASKS))


def task_of(settings: Settings) -> Value:
    """Returns the name of the task of these settings, unchecked."""
    return settings["task"] if "task" in settings else named_task(settings) or DEFAULT_TASK
