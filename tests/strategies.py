"""What hypothesis makes configs from."""

from hypothesis import strategies as st

from seqmem.config.run_config import RunConfig
from seqmem.settings import CONTROL_CHARACTERS
from seqmem.tasks import ConflictingSequences, ExplicitSequences

words = st.text(min_size=1, max_size=8).filter(
    lambda text: text.split() == [text] and not CONTROL_CHARACTERS.search(text)
)
awkward_words = words | st.sampled_from(
    ['"', "\\", "'''", '"""', "\\n", "\\u0041", "#", "=", "[a]", "\u03b1", "\U0001f600", "-1"]
)


@st.composite
def conflicting_tasks(draw):
    low = draw(st.integers(1, 30))
    cues, trigger = draw(st.integers(2, 5)), draw(st.booleans())
    size = draw(st.none() | st.integers(cues + trigger + 1, 40))
    symbols = None
    if draw(st.booleans()):
        count = size or draw(st.integers(cues + trigger + 1, 12))
        symbols = tuple(draw(st.lists(awkward_words, min_size=count, max_size=count, unique=True)))
    fillers = draw(st.sampled_from(["ordered", "fixed", "fresh"]))
    return ConflictingSequences(
        alphabet_size=size,
        symbols=symbols,
        gap=(low, low + draw(st.integers(0, 5))),
        cues=cues,
        fillers=fillers,
        pool=draw(st.none() | st.integers(1, 9)) if fillers == "fresh" else None,
        trigger=trigger,
    )


@st.composite
def explicit_tasks(draw):
    alphabet = draw(st.lists(awkward_words, min_size=2, max_size=6, unique=True))
    symbols = st.sampled_from(alphabet)
    rows = draw(st.lists(st.lists(symbols, min_size=2, max_size=5), min_size=1, max_size=4))
    return ExplicitSequences(sequences=(alphabet, *rows), symbols=draw(st.none() | st.permutations(alphabet)))


@st.composite
def configs(draw):
    budget = draw(st.sampled_from(["epochs", "presentations", None]))
    return RunConfig(
        task=draw(conflicting_tasks() | explicit_tasks()),
        units=draw(st.integers(1, 8192)),
        head=draw(st.sampled_from(["sigmoid", "softmax"])),
        window=draw(st.none() | st.integers(1, 2000)),
        shuffle=draw(st.booleans()),
        optimizer=draw(st.sampled_from(["adam", "rmsprop", "sgd"])),
        learning_rate=draw(st.floats(0, 1000, exclude_min=True)),
        clip_norm=draw(st.none() | st.floats(0, exclude_min=True, allow_infinity=False)),
        criterion=draw(
            st.just("argmax")
            | st.floats(0, 1, exclude_min=True, exclude_max=True).map(lambda bound: f"error:{bound!r}")
            | st.floats(0, 1, exclude_min=True).map(lambda bound: f"recall:{bound!r}")
        ),
        stop=draw(st.booleans()),
        check_every=draw(st.none() | st.integers(1, 10_000)),
        replicates=draw(st.integers(1, 10_000)),
        seed=draw(st.integers(0, 2**31 - 10_001)),
        **({budget: draw(st.integers(1, 10_000))} if budget else {}),
    )
