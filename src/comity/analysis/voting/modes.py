"""Banzhaf power under one weight at once, with a proved bound of the error: few modes of the characteristic function.

When each member is for at even odds, the weight in favour has the characteristic function ∏ cos(w_j θ/2), but for a
phase. The chance that a member decides is a sum over the W + 1 frequencies 2πk/(W + 1), W the sum of the weights, so
that nothing wraps around:

    β_i = 1/(W+1) · Σ_k ∏_{j≠i} cos(w_j θ_k/2) · sin(w_i θ_k/2)/sin(θ_k/2) · cos((q - 1/2 - W/2) θ_k).

With many members the product is next to nothing beyond the first frequencies, and those alone are summed. The rest is
bounded, not estimated: the frequencies left out are divided into cells. Of the members C whose weights are small,

    ∏_C cos²(w_j θ/2) = ∏_C (1 + cos w_j θ)/2 ≤ ((1 + mean of cos w_j θ)/2)^|C|

(arithmetic and geometric mean); all those means come from one Fourier transform of the histogram of weights, and move
by no more than w_j times the width of a cell within it. Where that leaves much, the cell is cut into smaller ones, in
which each factor has its own greatest value. Rounding is bounded beside.

(Inversion: Gil-Pelaez 1951, for lattices Feller, An Introduction to Probability Theory II, XV.)
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["Bounded", "banzhaf_bounded"]

# Frequencies summed, and cells of the others: more where fewer leave too much.
_STEPS, _ENOUGH = ((64, 1 << 16), (64, 1 << 18), (1024, 1 << 18), (4096, 1 << 20)), 1e-7
# How far a member's phase may move within half a cell, for it to be among those whose weights are small.
_DRIFT = 0.25
# Cells cut again: at most so many, into so many, while they leave more than this.
_CUT, _INTO, _LITTLE = 48, 8, 1e-13
# Of one factor: the argument is rounded, and so is its cosine.
_ROUNDING = 8 * 2.0**-53

Numbers = NDArray[np.floating]


class Bounded(msgspec.Struct, frozen=True, kw_only=True):
    """The absolute Banzhaf index of each member, and the chance of adoption, each within `error` of the exact one."""

    absolute: tuple[float, ...]
    collectivity: float
    error: float


def banzhaf_bounded(weights: Sequence[int], quota: int) -> Bounded:
    """The absolute Banzhaf index of each member of a weighted game, within a proved distance.

    `weights` are whole and not negative, `quota` lies from 1 to their sum.
    """
    total = sum(weights)
    size, modes = total + 1, 0
    every = np.array(weights, np.float64)
    left = np.inf
    for some, grid in _STEPS:
        if left > _ENOUGH:
            modes = min(some, total // 2)
            left = _left_out(every, size, modes, grid)
    theta = 2 * np.pi / size * np.arange(1, modes + 1)
    phases = np.outer(theta / 2, every)
    factors = np.cos(phases)
    # The product without each member: what stands before it, times what stands after.
    before = np.ones_like(factors)
    before[:, 1:] = np.cumprod(factors[:, :-1], axis=1)
    after = np.ones_like(factors)
    after[:, :-1] = np.cumprod(factors[:, :0:-1], axis=1)[:, ::-1]
    # The frequency π, where there is one, has no other that mirrors it.
    twice = np.where(2 * np.arange(1, modes + 1) == size, 1.0, 2.0)
    damping = twice / np.sin(theta / 2)
    swing = before * after * np.sin(phases) * (damping * np.cos((quota - 0.5 - total / 2) * theta))[:, None]
    absolute = (every + swing.sum(axis=0)) / size
    whole = before[:, -1] * factors[:, -1]
    wins = whole * np.sin((total - quota + 1) * theta / 2) * np.cos(quota * theta / 2) * damping
    rounding = _ROUNDING * (len(weights) + 8) * float(damping @ (1 + phases.sum(axis=1) + total * theta)) / size
    return Bounded(
        absolute=tuple(np.clip(absolute, 0, 1).tolist()),
        collectivity=float(np.clip((total - quota + 1 + wins.sum()) / size, 0, 1)),
        error=float(rounding + left + _ROUNDING),
    )


def _left_out(weights: Numbers, size: int, modes: int, grid: int) -> float:
    """A bound of all that the frequencies beyond the first `modes` add up to, for any member."""
    if modes >= size // 2:
        return 0.0
    first = 2 * np.pi * (modes + 0.5) / size
    half = np.pi / grid
    small = weights[weights * half <= _DRIFT]
    cells = np.arange(int(first / (2 * half) + 0.5), grid // 2 + 1)
    low = np.maximum(2 * half * cells - half, first)
    # Whoever is left out of the product may be one of them: one factor less, whose cosine may be -1.
    others = small.size - 1
    if others < 1:
        most = np.ones(cells.size)
    else:
        spectrum = np.fft.rfft(np.bincount(small.astype(np.int64) % grid, minlength=grid)).real[cells]
        mean = np.minimum((spectrum + 1 + half * small.sum() + 1e-6) / others, 1.0)
        most = np.power((1 + mean) / 2, others / 2)
    left = most * _share(low, 2 * half, size)
    much = np.argpartition(left, -_CUT)[-_CUT:] if left.size > _CUT else np.arange(left.size)
    much = much[left[much] > _LITTLE]
    kept = float(left.sum() - left[much].sum())
    return (max(kept, 0.0) + _cut(weights, size, low[much], 2 * half * cells[much] + half)) * (1 + 1e-9)


def _share(low: Numbers, width: float | Numbers, size: int) -> Numbers:
    """How much a cell adds where the product is one: its frequencies, each over the sine, at its lower end."""
    return np.asarray(2 / size * (width * size / (2 * np.pi) + 1) / np.sin(np.minimum(low, np.pi) / 2))


def _cut(weights: Numbers, size: int, low: Numbers, high: Numbers) -> float:
    """The same bound from smaller cells, in each of which every factor has its greatest value."""
    if not low.size:
        return 0.0
    parts = np.arange(_INTO) / _INTO
    starts = (low[:, None] + (high - low)[:, None] * parts).ravel()
    widths = np.repeat((high - low) / _INTO, _INTO)
    middle = np.outer(starts + widths / 2, weights / 2)
    reach = np.outer(widths / 2, weights / 2) * (1 + 1e-9) + 1e-12
    away = np.abs(middle - np.pi * np.rint(middle / np.pi))
    factors = np.cos(np.maximum(away - reach, 0))
    least = factors.min(axis=1)
    product = np.prod(factors, axis=1)
    # Without the member whose factor is the least.
    without = np.where(least > 0, product / np.maximum(least, 1e-300), 1.0)
    return float((np.minimum(without, 1.0) * _share(starts, widths, size)).sum())
