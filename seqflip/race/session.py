"""Trains the lanes of one race's folder in lockstep, until they end or somebody wants them back.

It does for all lanes what :class:`Session` does for one run: obeys the race's
``control.json`` between two steps, saves, and says where they stand. Asked to pause, all lanes
have done the same number of steps.
"""

import contextlib
import os
import time
from typing import Any, Final

from seqflip.data.tasks import make_dataset
from seqflip.race.folder import Race
from seqflip.race.lockstep import lockstep
from seqflip.race.record import Record
from seqflip.race.remembered import remembered
from seqflip.race.results import results, round_of
from seqflip.runs.control import Control
from seqflip.runs.lock import RunLock
from seqflip.runs.status import State, Status
from seqflip.session.gate import Gate
from seqflip.session.lane import Lane, Leave
from seqflip.session.opening import open_run
from seqflip.system.atomic import remove_leftovers, write_json
from seqflip.system.blas import keep_freed_memory, one_blas_thread
from seqflip.system.pace import Pace

_SHOW: Final = (0.2, 0.02)  # seconds, and the share of the time that it may take
_PICTURES: Final = (0.3, 0.02)
_OVER: Final = ("finished", "diverged")


class RaceSession:
    """Trains one race; the process must hold its lock.

    Parameters
    ----------
    race : Race
        The race's folder.
    """

    def __init__(self, race: Race) -> None:
        self.race = race
        self.config = race.race_config()
        self.dataset = make_dataset(self.config.data)
        self._gate = Gate(race.folder, self)
        self._leave: Leave | None = None
        self._pace = Pace(*_SHOW)
        self._pictures = Pace(*_PICTURES)
        self._status = race.status()
        self._done: list[dict[str, Any]] = [one for one in race.results()["rounds"] if one["over"]]
        self._number = 0
        self._records: dict[str, Record] = {}
        self._lanes: list[Lane] = []  # those that have not ended
        remove_leftovers(race.folder, but=("run.json", "control.json"))

    def leave(self, wish: Leave) -> None:
        """Ask the session to save and return, from a signal handler or another thread."""
        if self._leave is None:
            self._leave = wish

    def train(self) -> Status:
        """Train until there is a reason not to, and return where the race stands then."""
        keep_freed_memory()
        with contextlib.ExitStack() as held, one_blas_thread():
            for run in self.race.lanes():
                held.enter_context(RunLock(run.folder))
            for number in range(len(self._done), self.config.seeds):
                self._number = number
                ended = self._round(held)
                if ended is not None:
                    return ended
            return self._publish("finished", self._write()["sentence"], let_go=True)

    def _round(self, held: contextlib.ExitStack) -> Status | None:
        """Run one repetition; returns where the race stands if it is not to go on."""
        self._open(held)
        try:
            return self._train()
        finally:
            for lane in self._lanes:
                lane.close()

    def _open(self, held: contextlib.ExitStack) -> None:
        """Open all lanes that have not ended, and remember what the others did."""
        self._records, self._lanes = {}, []
        for name, run in self.race.open_round(self._number).items():
            if self._number:
                held.enter_context(RunLock(run.folder))
            if run.status().state in _OVER:
                self._records[name] = remembered(run)
                continue
            opened, seen = open_run(run, self.dataset), self._number == 0
            record = remembered(run) if opened.resumed else Record()
            lane = Lane(run, opened, record.take, pictures=seen, metrics=seen)
            self._records[name] = record
            self._lanes.append(lane)

    def _train(self) -> Status | None:
        for lane in self._lanes:
            lane.show(self._gate.control.probe)
            lane.begin()
            lane.renew()
        self._show("running")
        going = lockstep(self._lanes)
        while True:
            if self._gate.stops():
                return self._stop()
            if self._leave is not None:
                return self._go(self._leave)
            try:
                next(going)
            except StopIteration:
                break
            if self._pace.is_due():
                with self._pace:
                    self._show("running")
            if self._pictures.is_due():
                with self._pictures:
                    self._renew()
        self._done.append(self._this_round(over=True))
        self._write()
        self.race.forget_round(self._number)
        return None

    def is_leaving(self) -> bool:
        """Return whether :meth:`leave` was called."""
        return self._leave is not None

    def progress(self) -> tuple[int, int]:
        """Return how many steps of this round are done, and how many there will be."""
        return self._step(), max((one.total_steps for one in self._records.values()), default=0)

    def adopt(self, control: Control) -> None:
        """Take over what does not concern the pace, and show it, also in the middle of a wait."""
        for lane in self._lanes:
            lane.show(control.probe)
        self._renew()
        if self._gate.paused:
            self._show("paused")

    def pause(self, *, again: bool) -> None:
        """Wait in good order: saved, and said so."""
        self._renew()
        for lane in self._lanes:
            lane.pause(again=again)
        self._show("paused")

    def go_on(self) -> None:
        """Wait no longer."""
        for lane in self._lanes:
            lane.go_on()
        self._show("running")

    def _renew(self) -> None:
        """Show what all do right now, all after the same step."""
        for lane in self._lanes:
            lane.renew()

    def _go(self, wish: Leave) -> Status:
        """Leave the race so that it can be taken up again."""
        for lane in self._lanes:
            lane.leave(wish)
        self._write()
        told = f"{wish.because} at step {self._step():,}; it can go on from there."
        return self._publish(wish.state, told, let_go=True)

    def _stop(self) -> Status:
        """End it for good, and keep what has been learned."""
        self._show("running")
        for record in self._records.values():
            record.reason = record.reason or "stopped"
        for lane in self._lanes:
            lane.stop()
        sentence = self._write()["sentence"]
        told = f"Stopped at step {self._step():,}. {sentence}".strip()
        return self._publish("stopped", told, reason="stopped", let_go=True)

    def _show(self, state: State) -> None:
        self._write()
        self._publish(state, "Paused." if state == "paused" else "")

    def _write(self) -> dict[str, Any]:
        """Show what was found out so far."""
        rounds = self._done
        if self._number == len(rounds) and self._records:
            rounds = [*rounds, self._this_round(over=False)]
        found = results(self.config, rounds)
        write_json(self.race.results_path, found, durable=False)
        return found

    def _this_round(self, *, over: bool) -> dict[str, Any]:
        return round_of(self.config.seed(self._number), self._records, over=over)

    def _step(self) -> int:
        """Return the step that all lanes have done that have so many."""
        going = [lane.step for lane in self._lanes if not lane.over]
        return min(going) if going else max(one.steps for one in self._records.values())

    def _publish(
        self, state: State, message: str, *, reason: str | None = None, let_go: bool = False
    ) -> Status:
        """Show everybody where the race stands now."""
        records, status = self._records.values(), self._status
        status.state, status.message, status.updated = state, message, time.time()
        status.reason, status.pid = reason, None if let_go else os.getpid()
        status.step = self._step() if records else 0
        status.total_steps = max((one.total_steps for one in records), default=0)
        status.seconds = sum(one.seconds for one in records)
        status.parameters = sum(one.parameters for one in records)
        status.delay_seconds = self._gate.control.delay_seconds
        status.lecture_seconds = self._gate.control.lecture_seconds
        write_json(self.race.folder / "status.json", status.model_dump(), durable=False)
        return status
