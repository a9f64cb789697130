"""The drawing of every kind of result: importing this registers them."""

from seqmem.render.comparison_view import draw_comparison
from seqmem.render.eval_view import draw_eval
from seqmem.render.run_view import draw_run
from seqmem.render.states_view import draw_states
from seqmem.render.sweep_view import draw_sweep
from seqmem.render.task_view import draw_task
from seqmem.results.comparison import Comparison
from seqmem.results.drawing import drawing
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import RunResult
from seqmem.results.states import StatesResult
from seqmem.results.sweep import SweepResult
from seqmem.results.task import TaskResult

drawing.register(RunResult, draw_run)
drawing.register(EvalResult, draw_eval)
drawing.register(StatesResult, draw_states)
drawing.register(SweepResult, draw_sweep)
drawing.register(TaskResult, draw_task)
drawing.register(Comparison, draw_comparison)
