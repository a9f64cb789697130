"""The same training in PyTorch, eager: `nn.LSTM` over a whole window, or over one step where that is the window."""

from __future__ import annotations

import torch
from contestants import Contestant
from work import Weights, Work

torch.set_num_threads(1)
torch.set_flush_denormal(True)


class Torch(Contestant):
    """One network; PyTorch has no replicates side by side."""

    def __init__(self, work: Work):
        # an update of one step takes it hundreds of times as long as a compiled one
        self.updates, self._work = min(work.updates, 25 if work.window == 1 else work.updates), work
        kernel, recurrent, bias, head, head_bias = (torch.tensor(array[0]) for array in work.start)
        # PyTorch's parts are i, f, g, o too; its second bias stays zero, or the two would learn twice as fast as one
        self._lstm = torch.nn.LSTM(kernel.shape[0], work.config.units)
        self._head = torch.nn.Linear(work.config.units, head.shape[1])
        values = (kernel.T, recurrent.T, bias, torch.zeros_like(bias))
        with torch.no_grad():
            for parameter, value in zip(self._lstm.parameters(), values, strict=True):
                parameter.copy_(value)
            self._head.weight.copy_(head.T)
            self._head.bias.copy_(head_bias)
        self._lstm.bias_hh_l0.requires_grad_(False)
        learned = [*list(self._lstm.parameters())[:3], *self._head.parameters()]
        self._optimizer = torch.optim.Adam(learned, lr=work.config.learning_rate)
        self._made = 0
        symbols, targets, self._given = (torch.tensor(array[: self.updates, :, 0]) for array in work.data)
        self._symbols, self._targets = symbols.long(), targets.long()
        # the steps whose loss counts are the same in each sequence, and the head sees no others
        self._asked = torch.nonzero(self._given[0].sum(dim=1))[:, 0]

    def train(self) -> None:
        for symbols, targets, given in zip(self._symbols, self._targets, self._given, strict=True):
            vectors = torch.nn.functional.one_hot(symbols, self._lstm.input_size).float()
            states = None
            for start in range(0, len(vectors), self._work.window):
                steps = slice(start, start + self._work.window)
                outputs, states = self._lstm(vectors[steps], states)
                loss = self._loss(outputs, targets[steps], given[steps])
                self._optimizer.zero_grad()
                loss.backward()
                self._made += 1
                # PyTorch adds epsilon behind the correction of the second moment, Keras before
                self._optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**self._made) ** 0.5
                self._optimizer.step()
                states = tuple(state.detach() for state in states)

    def _loss(self, outputs: torch.Tensor, targets: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
        if len(self._asked) < len(outputs):
            outputs, targets, given = (array[self._asked] for array in (outputs, targets, given))
        logits = self._head(outputs)
        if self._work.softmax:
            losses = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
        else:
            vectors = torch.nn.functional.one_hot(targets, logits.shape[-1]).float()
            losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, vectors, reduction="none").mean(-1)
        return (losses.flatten() * given.flatten()).sum() / given.sum()

    def weights(self) -> Weights:
        kernel, recurrent, bias, _ = (parameter.detach() for parameter in self._lstm.parameters())
        arrays = (kernel.T, recurrent.T, bias, self._head.weight.detach().T, self._head.bias.detach())
        return [array.numpy()[None].copy() for array in arrays]
