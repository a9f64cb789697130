"""The recurrent cells, by name. A new one is an entry here and a word in `seqmem.cells.cell.CELL_NAMES`."""

from __future__ import annotations

from seqmem.backend.lazy import keras
from seqmem.cells.cell import CellKind
from seqmem.cells.gru import gru_chrono
from seqmem.cells.lstm import lstm_chrono, lstm_forget
from seqmem.cells.mlp import mlp_cell

CELLS: dict[str, CellKind] = {
    "lstm": CellKind(lambda units: keras.layers.LSTMCell(units), lstm_chrono, lstm_forget),
    "gru": CellKind(lambda units: keras.layers.GRUCell(units), gru_chrono),
    "rnn": CellKind(lambda units: keras.layers.SimpleRNNCell(units)),
    "mlp": CellKind(mlp_cell),
}
