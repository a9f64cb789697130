"""Plans: made from raw settings, checked before anything runs."""

import pytest

from seqmem.config.axis import parse_axis
from seqmem.config.plan import build_plan
from seqmem.errors import UsageError
from seqmem.storage.plan_file import plan_from_json, plan_to_json
from seqmem.sweep.search import random_points


def plan_of(*axes, base=None, **how):
    return build_plan(base or {}, [parse_axis(text) for text in axes], draw=random_points, **how)


def test_a_grid_holds_every_combination_with_the_last_axis_fastest():
    plan = plan_of("gap=3,10", "units=5,20")
    assert [tuple(trial.values.values()) for trial in plan.points] == [(3, 5), (3, 20), (10, 5), (10, 20)]
    assert [trial.name for trial in plan.points][:2] == ["1-gap3-units5", "2-gap3-units20"]


def settings_of_trials(plan, *names):
    return [tuple(plan.config(trial).to_settings()[name] for name in names) for trial in plan.points]


def test_rules_decide_once_for_all_trials_as_the_hardest_has_it():
    plan = plan_of("gap=3,100", "cues=2,4")
    recipe = ("softmax", "chrono", "recall", 12, 2000)
    assert settings_of_trials(plan, "head", "init", "loss_at", "alphabet_size", "epochs") == [recipe] * 4
    assert plan.decided == dict(zip(("head", "init", "loss_at", "alphabet_size", "epochs"), recipe, strict=True))


def test_what_is_given_or_varied_is_left_to_who_gave_it():
    plan = plan_of("gap=3,10", "alphabet-size=5,9", base={"loss_at": "all", "presentations": 50, "head": "sigmoid"})
    assert plan.decided == {"init": "chrono"}
    assert settings_of_trials(plan, "alphabet_size", "loss_at", "presentations")[1] == (9, "all", 50)


def test_cells_without_a_gate_keep_their_own_start():
    plan = plan_of("cell=lstm,gru,rnn,mlp")
    assert plan.decided["init"] is None
    assert settings_of_trials(plan, "init") == [("chrono",), ("chrono",), ("glorot",), ("glorot",)]


def test_a_start_that_one_trial_cannot_have_is_the_start_of_none():
    assert plan_of("forget-bias=none,1,5").decided["init"] == "glorot"


def test_a_search_decides_for_the_hardest_of_its_ends():
    plan = plan_of("gap=3~1000", "cues=2..12", "units=4..40", search="tpe", count=5)
    assert (plan.decided["loss_at"], plan.decided["alphabet_size"], plan.decided["epochs"]) == ("recall", 16, 2500)


def test_sequences_given_by_hand_have_no_alphabet_to_decide():
    plan = plan_of("units=5,20", base={"sequences": ["a x b", "c x d"]})
    assert plan.decided == {"head": "softmax", "init": "chrono", "loss_at": "all", "epochs": 1000}


def test_an_axis_value_of_none_leaves_the_setting_out():
    plan = plan_of("clip-norm=none,1")
    assert [plan.config(trial).clip_norm for trial in plan.points] == [None, 1.0]


def test_a_plan_reads_back_equal():
    for plan in (
        plan_of("gap=3,10", "units=5,20", base={"replicates": 3}),
        plan_of("learning-rate=1e-4~1e-1", "gap=3,4", search="random", count=5),
        plan_of("learning-rate=1e-4~1e-1", search="tpe", count=5, prune=True, rank="recall_loss"),
    ):
        assert plan_from_json(plan_to_json(plan)) == plan


def test_settings_that_do_not_go_together_are_refused_by_the_trial_that_has_them():
    with pytest.raises(UsageError, match=r"the trial batch size 600: batch_size = 600: must be at most the budget"):
        plan_of("batch-size=1,600", base={"epochs": 250})


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
    assert [trial.values for trial in first.points] != [trial.values for trial in other.points]
    assert all(1e-4 <= trial.values["learning_rate"] <= 1e-1 for trial in first.points)
    assert all(4 <= trial.values["units"] <= 64 for trial in first.points)


def test_random_trials_over_lists_may_repeat_and_have_names_of_their_own():
    plan = plan_of("gap=3,10,30", "units=5,20", "clip-norm=none,1", search="random", count=100)
    assert plan.total == len({point.name for point in plan.points}) == 100
    assert len({tuple(point.values.values()) for point in plan.points}) == 12


@pytest.mark.parametrize(
    "change", [{"schema": 3}, {"trials": [[3]]}, {"axes": []}, {"axes": [{"name": "gpa", "values": [1]}]}, {"total": 9}]
)
def test_a_damaged_plan_is_refused(change):
    with pytest.raises(ValueError, match=r"\w"):
        plan_from_json(plan_to_json(plan_of("gap=3,10")) | change)


def test_a_plan_of_version_0_1_reads_back_with_nothing_decided():
    document = plan_to_json(plan_of("gap=3,10", base={"units": 7})) | {"schema": 1}
    del document["decided"]
    plan = plan_from_json(document)
    assert (plan.old, plan.decided, plan.known_settings(plan.points[1])) == (True, {}, {"units": 7, "gap": 10})
    assert plan_from_json(plan_to_json(plan)) == plan


def test_trial_names_fit_a_file_system():
    plan = plan_of("gap=3:5", "cell=my.module:Cell", "criterion=error:0.25")
    assert plan.points[0].name == "1-gap3to5-cellmy.moduletoCell-criterionerrorto0.25"
