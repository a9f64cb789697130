"""Plans: made from raw settings, checked before anything runs."""

import pytest

from seqmem.errors import UsageError
from seqmem.sweep.axis import parse_axis
from seqmem.sweep.plan import Plan, build_plan


def plan_of(*axes, base=None, **how):
    return build_plan(base or {}, [parse_axis(text) for text in axes], **how)


def test_a_grid_holds_every_combination_with_the_last_axis_fastest():
    plan = plan_of("gap=3,10", "units=5,20")
    assert [tuple(trial.values.values()) for trial in plan.trials] == [(3, 5), (3, 20), (10, 5), (10, 20)]
    assert [trial.name for trial in plan.trials][:2] == ["1-gap3-units5", "2-gap3-units20"]


def test_the_alphabet_follows_the_gap():
    plan = plan_of("gap=3,10")
    assert [plan.config(trial).task.alphabet_size for trial in plan.trials] == [5, 12]


def test_an_axis_value_of_none_leaves_the_setting_out():
    plan = plan_of("clip-norm=none,1")
    assert [plan.config(trial).clip_norm for trial in plan.trials] == [None, 1.0]


def test_a_plan_reads_back_equal():
    for plan in (
        plan_of("gap=3,10", "units=5,20", base={"replicates": 3}),
        plan_of("learning-rate=1e-4~1e-1", "gap=3,4", search="random", count=5),
        plan_of("learning-rate=1e-4~1e-1", search="tpe", count=5, prune=True, rank="recall_loss"),
    ):
        assert Plan.from_json(plan.to_json()) == plan


def test_settings_that_do_not_go_together_are_refused_by_the_trial_that_has_them():
    with pytest.raises(UsageError, match=r"the trial batch size 600: batch_size = 600: must be at most the budget"):
        plan_of("batch-size=1,600")


@pytest.mark.parametrize(
    ("axes", "how", "words"),
    [
        (["gap=3", "gap=4"], {}, "gap: is there twice"),
        (["learning-rate=1e-4~1e-1"], {}, "has no steps for a grid"),
        (["gap=3,4"], {"count": 3}, "--trials"),
        (["gap=3,4"], {"search": "random"}, "needs --trials"),
        (["units=1..8192", "gap=1..8192"], {}, "more than 1000000 trials"),
    ],
)
def test_a_plan_that_cannot_be_made_is_refused(axes, how, words):
    with pytest.raises(UsageError, match=words):
        plan_of(*axes, **how)


def test_random_trials_come_from_the_seed_alone():
    axes = ("learning-rate=1e-4~1e-1", "units=4~64")
    first, again = (plan_of(*axes, search="random", count=20) for _ in range(2))
    other = plan_of(*axes, base={"seed": 1}, search="random", count=20)
    assert first == again
    assert [trial.values for trial in first.trials] != [trial.values for trial in other.trials]
    assert all(1e-4 <= trial.values["learning_rate"] <= 1e-1 for trial in first.trials)
    assert all(4 <= trial.values["units"] <= 64 for trial in first.trials)


def test_random_trials_over_lists_are_all_different():
    plan = plan_of("gap=3,10,30", "units=5,20", search="random", count=50)
    assert plan.total == len({tuple(trial.values.values()) for trial in plan.trials}) == 6


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"trials": [[3]]}, {"axes": []}, {"axes": [{"name": "gpa", "values": [1]}]}, {"total": 9}]
)
def test_a_damaged_plan_is_refused(change):
    with pytest.raises(ValueError, match=r"\w"):
        Plan.from_json(plan_of("gap=3,10").to_json() | change)


def test_trial_names_fit_a_file_system():
    plan = plan_of("gap=3:5", "cell=my.module:Cell", "criterion=error:0.25")
    assert plan.trials[0].name == "1-gap3to5-cellmy.moduletoCell-criterionerrorto0.25"
