"""Functions compiled to machine code when first used."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from numba import njit

__all__ = ["ALONE", "compiled"]

# Compiled code that runs on several processors is entered by one thread at a time.
ALONE = Lock()


def compiled(**options: Any) -> Callable[[Any], Any]:  # noqa: ANN401  # what the compiler takes
    """Compiled when first used, kept for later runs where that can be; other threads go on while it runs."""

    def made(function: Any) -> Any:  # noqa: ANN401  # as above
        try:
            return njit(cache=True, nogil=True, **options)(function)
        except RuntimeError:  # there is no folder to keep it in
            return njit(nogil=True, **options)(function)

    return made
