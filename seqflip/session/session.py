"""Trains the run in one folder until it ends, or until somebody wants it back.

The command line and the worker in the background are both this loop. They differ in who listens
to it, who may ask it to leave, and whether it obeys ``control.json``.
"""

from seqflip.learning.results import Metrics
from seqflip.runs.control import Control
from seqflip.runs.run import Run
from seqflip.runs.status import Status
from seqflip.session.gate import Gate
from seqflip.session.lane import Lane, Leave, Listener
from seqflip.session.opening import Opened
from seqflip.system.blas import keep_freed_memory, one_blas_thread


class Session:
    """Trains one run; the process must hold its lock.

    Parameters
    ----------
    run : Run
        The run's folder.
    opened : Opened
        What :func:`seqflip.session.opening.open_run` found there.
    listener : callable
        Hears of every event, after it was written down.
    obedient : bool
        Whether the session does what ``control.json`` says.
    scratch : bool
        Whether nobody has asked to keep the run, so that nothing needs to be saved until it is
        left.
    """

    def __init__(
        self,
        run: Run,
        opened: Opened,
        listener: Listener,
        *,
        obedient: bool = False,
        scratch: bool = False,
    ) -> None:
        self._lane = Lane(run, opened, listener, pictures=not scratch, checkpoints=not scratch)
        self._gate = Gate(run.folder, self) if obedient else None
        self._leave: Leave | None = None

    @property
    def metrics(self) -> Metrics | None:
        """The final numbers, once training has ended."""
        return self._lane.metrics

    def leave(self, wish: Leave) -> None:
        """Ask the session to save and return, from a signal handler or another thread."""
        if self._leave is None:
            self._leave = wish

    def train(self) -> Status:
        """Train until there is a reason not to, and return where the run stands then."""
        keep_freed_memory()
        try:
            with one_blas_thread():
                self._train()
        finally:
            self._lane.close()
        return self._lane.status

    def _train(self) -> None:
        lane = self._lane
        if self._gate is not None:
            self._take_over(self._gate.control)
        lane.begin()
        while not lane.over:
            lane.renew_if_due()
            if self._gate is not None and self._gate.stops():
                return lane.stop()
            if self._leave is not None:
                return lane.leave(self._leave)
            lane.advance()

    def is_leaving(self) -> bool:
        """Return whether :meth:`leave` was called."""
        return self._leave is not None

    def progress(self) -> tuple[int, int]:
        """Return how many steps are done, and how many there will be."""
        return self._lane.status.step, self._lane.status.total_steps

    def adopt(self, control: Control) -> None:
        """Take over what does not concern the pace, and show it, also in the middle of a wait."""
        self._take_over(control)
        self._lane.renew_if_due()
        self._lane.publish()

    def pause(self, *, again: bool) -> None:
        """Wait in good order: saved, and said so."""
        self._lane.pause(again=again)
        self._lane.renew()

    def go_on(self) -> None:
        """Wait no longer."""
        self._lane.go_on()

    def _take_over(self, control: Control) -> None:
        if control.learning_rate is not None:
            self._lane.set_learning_rate(control.learning_rate)
        self._lane.show(control.probe)
        self._lane.status.delay_seconds = control.delay_seconds
        self._lane.status.lecture_seconds = control.lecture_seconds
