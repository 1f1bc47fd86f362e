"""Work spread over processes of this machine or over many machines, by Dask: the same function, whoever calls it.

What a worker had in hand when it was lost is given to another. A scheduler and its workers run whatever they are sent:
name only one of your own.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from signal import SIG_IGN, SIGINT, signal
from threading import current_thread, main_thread
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from comity.service.queries import refuse

__all__ = ["Cluster", "spread"]

Task = TypeVar("Task")
Found = TypeVar("Found")
# A task whose worker is lost so often is given up: it is likely the task that ends the workers.
_LOST = 5
_AHEAD = 2_000  # tasks handed to a scheduler at a time: it holds all that is asked of it
_SILENT = 60  # a level of logging above all: what goes wrong is told as findings


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Where to work: the scheduler at an address, or else so many processes here; 1 is this one, without Dask."""

    scheduler: str = ""
    workers: int = 1


def spread(work: Callable[[Task], Found], tasks: Sequence[Task], cluster: Cluster) -> Iterator[tuple[int, Found]]:
    """The number of each task with what came of it, as it comes. Raises `Refusal` where no cluster can be had."""
    try:
        from distributed import as_completed  # noqa: PLC0415  # of the extra `sweeps`
    except ModuleNotFoundError as error:
        says = f"working on several processes or machines needs {error.name}, not installed"
        raise refuse("extra-missing", says, "install comity[sweeps], or work with --workers 1") from error
    waiting, name = iter(enumerate(tasks)), uuid4().hex
    with _client(cluster) as client:
        places: dict[Any, int] = {}

        def hand_over(many: int) -> list[Any]:
            handed = []
            for at, task in itertools.islice(waiting, many):
                future = client.submit(work, task, pure=False, key=f"comity-{name}-{at}")
                places[future] = at
                handed.append(future)
            return handed

        coming = as_completed(hand_over(_AHEAD), loop=client.loop)  # type: ignore[no-untyped-call]  # dask has no types
        try:
            for future in coming:
                at = places.pop(future)
                found = _result(future, at, len(places) + 1)
                future.release()
                yield at, found
                for more in hand_over(1):
                    coming.add(more)  # type: ignore[no-untyped-call]  # as above
        finally:
            with suppress(Exception):  # the cluster may be gone
                client.cancel(list(places), force=True)


def _result(future: Any, at: int, left: int) -> Any:  # noqa: ANN401  # dask has no types
    from distributed import CancelledError  # noqa: PLC0415  # of the extra `sweeps`
    from distributed.scheduler import KilledWorker  # noqa: PLC0415  # as above

    try:
        return future.result()
    except KilledWorker as error:
        says = f"point {at}: {_LOST} workers were lost while at it"
        raise refuse("sweep-worker-lost", says, "give workers more memory, or leave the point out") from error
    except (CancelledError, OSError) as error:
        says = f"the scheduler is gone, with {left:,} points to go"
        raise refuse("sweep-no-scheduler", says, "see why it ended, and sweep again") from error
    except ImportError as error:
        says = f"a worker cannot work: {error!s:.200}"
        raise refuse("sweep-worker-differs", says, "install the same Comity on every worker") from error


@contextmanager
def _client(cluster: Cluster) -> Iterator[Any]:
    """A client of the scheduler that is named, or of processes here, which end with it."""
    import dask  # noqa: PLC0415  # of the extra `sweeps`
    from distributed import Client  # noqa: PLC0415  # as above

    with dask.config.set({"distributed.scheduler.allowed-failures": _LOST}):
        if cluster.scheduler:
            try:
                client = Client(  # type: ignore[no-untyped-call]  # dask has no types
                    cluster.scheduler, timeout="10s", set_as_default=False
                )
            except (OSError, ValueError) as error:
                says = f"no scheduler answers at {cluster.scheduler:.100}"
                do = "start one with `dask scheduler`, and name its address"
                raise refuse("sweep-no-scheduler", says, do) from error
            with client:
                yield client
            return
        with (
            _started(cluster.workers) as here,
            Client(here, set_as_default=False) as client,  # type: ignore[no-untyped-call]  # as above
        ):
            yield client


def _started(workers: int) -> Any:  # noqa: ANN401  # dask has no types
    """So many processes of this machine, which alone is spoken to."""
    from distributed import LocalCluster  # noqa: PLC0415  # of the extra `sweeps`

    def start() -> Any:  # noqa: ANN401  # as above
        return LocalCluster(  # type: ignore[no-untyped-call]  # as above
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=_SILENT,
        )

    if current_thread() is not main_thread():
        return start()
    # Who stops the sweep at a terminal stops every process of it; the workers leave it to this one to end them.
    before = signal(SIGINT, SIG_IGN)
    try:
        return start()
    finally:
        signal(SIGINT, before)
