"""Starts runs in processes of their own, lets others wait, and stops what nobody watches.

One :class:`Launcher` serves all visitors of a server. It knows what only a server can know: who
waits for whom, and who is looking. Everything else stands in the runs' folders. The processes are
on this machine, or on those of a cluster.
"""

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict, Unpack

from pydantic import ValidationError

from seqflip.config.config import Config
from seqflip.race.config import RaceConfig
from seqflip.race.folder import create_race
from seqflip.runs.control import Command, Control, read_control, write_control
from seqflip.runs.lock import RunLock, RunLocked, is_held, is_trained
from seqflip.runs.ownership import hash_token, new_token
from seqflip.runs.run import Run, RunError, RunInfo, clean_name, write_status
from seqflip.runs.status import ENDED, State
from seqflip.runs.store import RunStore
from seqflip.server.cluster.cluster import Cluster
from seqflip.server.job import Job
from seqflip.server.limits import ServerLimits
from seqflip.server.processes import Spare, WorkerProcess
from seqflip.server.turns import fair_order, has_more_than_its_share
from seqflip.server.worker import GRACE_SECONDS

MAX_WAITING: Final = 50
YIELD_SECONDS: Final = 5.0
"""How long a paused run keeps its place when others wait for one."""

_WATCH_SECONDS = 0.05
_FAR_WATCH_SECONDS = 0.2  # runs that lie on a disk which is far away
_MOST_LOSSES = 3
"""How often machines of a cluster may lose a run without having got any further."""


class LaunchError(RunError):
    """Something that a run cannot be asked for now; the message says why."""


class NotYours(LaunchError):
    """Somebody wants to control a run that another person has started."""


class Wishes(TypedDict, total=False):
    """What a run is asked for from its start: see :class:`seqflip.runs.control.Control`."""

    command: Literal["run", "pause", "step"]
    delay_seconds: float
    lecture_seconds: float
    probe: str | None


@dataclass(frozen=True)
class Launched:
    """A run that has been started.

    Attributes
    ----------
    run : Run
        Its folder.
    token : str
        The secret that lets its holder control the run.
    removed : list of str
        The names of old runs that were deleted to make room.
    """

    run: Run
    token: str
    removed: list[str]


class Launcher:
    """Starts, queues, controls and ends the training of runs; safe to use from many threads.

    Parameters
    ----------
    store : RunStore
        Where the runs are.
    limits : ServerLimits
        How many run at a time, how long unwatched, and how large they may be.
    spare : bool
        Whether a process always waits with its imports done, so that the next run begins at once.
    cluster : Cluster, optional
        What trains the runs, in place of this machine; it is the launcher's from now on.
    """

    def __init__(
        self,
        store: RunStore,
        limits: ServerLimits,
        *,
        spare: bool = False,
        cluster: Cluster | None = None,
    ) -> None:
        self.store = store
        self.limits = limits
        self._jobs: dict[str, Job] = {}  # in the order in which they came
        self._viewers: dict[str, set[str]] = {}
        self._closed = False
        self.spare = Spare() if spare else None
        self._cluster = cluster
        self._change = threading.Condition(threading.RLock())
        self._thread = threading.Thread(target=self._supervise, name="launcher", daemon=True)
        self._thread.start()

    def start(
        self,
        config: Config,
        *,
        name: str = "",
        preset: str | None = None,
        token: str | None = None,
        visitor: str | None = None,
        **wishes: Unpack[Wishes],
    ) -> Launched:
        """Make a new run, and train it as soon as there is a free place.

        Parameters
        ----------
        config : Config
            What to train.
        name, preset
            What :class:`seqflip.runs.run.RunInfo` says of it.
        token : str, optional
            The secret that is to control it; a new one otherwise.
        visitor : str, optional
            The secret by which one person's runs are known as theirs; those without one belong to
            the same nobody.
        **wishes
            See :class:`Wishes`; unless told otherwise, it runs on.

        Raises
        ------
        ConfigError
            If it is too large for this server.
        RunError
            If there is no room for it.
        """
        self.limits.check(config)
        return self._begin(
            lambda info: self.store.create(config, info),
            [config],
            token or new_token(),
            RunInfo(name=clean_name(name), preset=preset, visitor=visitor and hash_token(visitor)),
            _checked(Control(), **wishes),
        )

    def start_race(
        self,
        config: RaceConfig,
        *,
        name: str = "",
        preset: str | None = None,
        token: str | None = None,
        visitor: str | None = None,
        **wishes: Unpack[Wishes],
    ) -> Launched:
        """Make a new race with its lanes, and train them as soon as there is a free place.

        All else that a run can be asked for, by its id, a race can be asked for by its own.
        Parameters and errors are those of :meth:`start`.
        """
        self.limits.check_race(config)
        return self._begin(
            lambda info: create_race(self.store.root, config, info),
            list(config.lanes().values()),
            token or new_token(),
            RunInfo(name=clean_name(name), preset=preset, visitor=visitor and hash_token(visitor)),
            _checked(Control(), **wishes),
        )

    def _begin(
        self,
        create: Callable[[RunInfo], Run],
        configs: Sequence[Config],
        token: str,
        info: RunInfo,
        control: Control,
    ) -> Launched:
        about = {"created": time.time(), "source": "app", "owner": hash_token(token)}
        with self._change:
            self._refuse_too_many(info.visitor)
            removed = self.store.make_room(*configs, visitor=info.visitor)
            run = create(info.model_copy(update=about))
            write_control(run.folder, control.model_copy(update={"serial": 1}))
            self._enqueue(run)
        return Launched(run, token, removed)

    def resume(self, run_id: str, token: str | None = None, command: Command = "run") -> str:
        """Go on with a run that no process trains, as soon as there is a free place.

        A run of the command line belongs to nobody; whoever resumes it here owns it from now on.

        Returns
        -------
        str
            The token that controls the run.
        """
        with self._change:
            run = self.store.find(run_id)
            _refuse_lane(run)
            if not run.may_manage(token):
                raise NotYours(f"{run.id} belongs to somebody else, so only they can resume it")
            status = run.status()
            if status.state in ("finished", "diverged"):
                raise LaunchError(f"{run.id} has ended; there is nothing to go on with")
            job = self._jobs.get(run_id)
            if job is not None and token is not None and job.is_leaving():
                job.afterwards = (token, command)
                return token
            if is_held(run.folder):
                raise LaunchError(f"{run.id} is being trained already")
            if run.info().source == "upload" and not run.checkpoint_path.exists():
                raise LaunchError(f"{run.id} was uploaded without what is needed to go on")
            self._refuse_too_many(run.info().visitor)
            if token is None or not run.may_control(token):
                token = token or new_token()
                self.store.give_to(run, hash_token(token))
            self._write_control(run, command=command)
            self._enqueue(run)
            return token

    def command(
        self, run_id: str, token: str | None, command: Command, *, after: int | None = None
    ) -> None:
        """Ask a run to ``run``, ``pause``, do one ``step``, or ``stop`` for good.

        Whether it waits, is being trained or is on the disk only: what is asked for is what
        happens. A run in the queue that is to pause or to stop leaves the queue.

        Parameters
        ----------
        run_id, token, command
            Who asks what.
        after : int, optional
            The serial of the wishes that were seen by whoever asks. What is asked for twice after
            the same ones was said once: a page may tell of one press twice.
        """
        with self._change:
            run = self._mine(run_id, token)
            control = read_control(run.folder)
            if after is not None and (control.command, control.serial) == (command, after + 1):
                return
            job = self._jobs.get(run_id)
            if job is not None and command in ("pause", "stop") and self._is_untouched(job):
                self._withdraw(job, stopped=command == "stop")
            elif job is None and not is_held(run.folder):
                self._command_to_sleeper(run, token, command)
            elif job is not None and job.is_leaving():
                job.afterwards = (token, command)
            else:
                self._write_control(run, command=command)
                if job is not None:
                    paused = command in ("pause", "step")
                    job.paused_since = time.monotonic() if paused else None

    def adjust(
        self,
        run_id: str,
        token: str | None,
        *,
        learning_rate: float | None = None,
        delay_seconds: float | None = None,
        lecture_seconds: float | None = None,
        probe: str | None = None,
    ) -> None:
        """Change how a run goes on; what is None stays as it is.

        Parameters
        ----------
        learning_rate : float, optional
            The base learning rate from the next step on.
        delay_seconds, lecture_seconds : float, optional
            See :class:`seqflip.runs.control.Control`.
        probe : str, optional
            The sequence to show the attention of; an empty one shows a held-out one again.
        """
        wishes = {
            "learning_rate": learning_rate,
            "delay_seconds": delay_seconds,
            "lecture_seconds": lecture_seconds,
            "probe": probe,
        }
        with self._change:
            run = self._mine(run_id, token)
            given = {name: value for name, value in wishes.items() if value is not None}
            self._write_control(run, **given)

    def cancel(self, run_id: str, token: str | None) -> None:
        """Take a run out of the queue; it can be resumed later."""
        with self._change:
            self._mine(run_id, token)
            job = self._jobs.get(run_id)
            if job is None or not self._is_untouched(job):
                raise LaunchError(f"{run_id} does not wait for its turn")
            self._withdraw(job)

    def place(self, run_id: str) -> int | None:
        """Return a run's place in the queue, 1 being the next; None if it does not wait."""
        with self._change:
            handed_on = [job for job in self._training() if job.waits()]
            waiting = [job.run.id for job in (*handed_on, *self._waiting())]
        return waiting.index(run_id) + 1 if run_id in waiting else None

    def longest_wait(self, run_id: str) -> float | None:
        """Return in how many seconds a run has its turn at the latest.

        None if it does not wait, or waits for other runs of its visitor: these have no turns among
        themselves.
        """
        with self._change:
            place, job = self.place(run_id), self._jobs.get(run_id)
            if place is None or job is None:
                return None
            before = (*self._training(), *self._waiting()[: place - 1])
            if any(other.visitor == job.visitor for other in before):
                return None
        places = self._places()
        return -(-place // places) * float(self.limits.turn_seconds) if places else None

    def trouble(self) -> str | None:
        """Return why no run has its turn now, if that is not for others who have theirs."""
        return None if self._cluster is None else self._cluster.trouble()

    def watch(self, run_id: str, viewer: str) -> None:
        """Note that somebody looks at a run, until they :meth:`leave`; may be called often."""
        with self._change:
            self._viewers.setdefault(run_id, set()).add(viewer)
            if (job := self._jobs.get(run_id)) is not None:
                job.unwatched_since = None

    def leave(self, viewer: str, run_id: str | None = None) -> None:
        """Note that somebody no longer looks at a run, or at anything."""
        with self._change:
            for watched in [run_id] if run_id is not None else list(self._viewers):
                viewers = self._viewers.get(watched, set())
                viewers.discard(viewer)
                if not viewers:
                    self._viewers.pop(watched, None)
                    job = self._jobs.get(watched)
                    if job is not None and job.unwatched_since is None:
                        job.unwatched_since = time.monotonic()

    def close(self) -> None:
        """Pause everything at a checkpoint, and wait until that is done."""
        with self._change:
            self._closed = True
            for job in list(self._jobs.values()):
                self._let_go(job, "Paused, as the server was shut down,")
            self._change.notify_all()
        if self.spare is not None:
            self.spare.close()
        deadline = time.monotonic() + GRACE_SECONDS
        for job in list(self._jobs.values()):
            if job.process is not None:
                job.process.wait(max(0.0, deadline - time.monotonic()))
        self._thread.join()
        if self._cluster is not None:
            self._cluster.close()

    def _mine(self, run_id: str, token: str | None) -> Run:
        run = self.store.find(run_id)
        if not run.may_control(token):
            raise NotYours(f"{run.id} was started by somebody else, so only they can control it")
        _refuse_lane(run)
        return run

    def _command_to_sleeper(self, run: Run, token: str | None, command: Command) -> None:
        """Do what is asked of a run that no process trains."""
        if command in ("run", "step"):
            self.resume(run.id, token, command)
        elif command == "stop" and run.status().state not in ENDED:
            with RunLock.unclaimed(run.folder):
                status = run.status()
                status.state, status.reason, status.pid = "stopped", "stopped", None
                status.message = f"Stopped at step {status.step:,}."
                write_status(run, status)

    def _refuse_too_many(self, visitor: str | None) -> None:
        if self._closed:
            raise LaunchError("this server is being shut down")
        most = self.limits.max_runs_per_visitor
        if most and sum(job.visitor == visitor for job in self._jobs.values()) >= most:
            raise LaunchError(
                f"{most} of your runs train or wait already; stop one, or wait until one has ended"
            )
        if sum(job.process is None for job in self._jobs.values()) >= MAX_WAITING:
            raise LaunchError(f"{MAX_WAITING} runs are waiting already; try again later")

    def _write_control(self, run: Run, **wishes: object) -> None:
        before = read_control(run.folder)
        serial = before.serial + ("command" in wishes)  # another wish is no order for a step
        write_control(run.folder, _checked(before, serial=serial, **wishes))

    def _enqueue(self, run: Run) -> None:
        """Let a run wait for its turn, which may be now."""
        try:
            lock = RunLock.unclaimed(run.folder)
        except RunLocked as error:
            raise LaunchError(str(error)) from None
        job = self._jobs[run.id] = Job(run, lock, run.info().visitor)
        if self._viewers.get(run.id):
            job.unwatched_since = None
        self._say_it_waits(job)
        self._start_next()
        self._change.notify_all()

    def _say_it_waits(self, job: Job) -> None:
        """Say in a run's status for what it waits; its lock is held here."""
        job.told = self._for_what(job)
        status = job.run.status()
        status.state, status.pid, status.message = "queued", os.getpid(), job.told
        status.tokens_per_second = 0.0
        write_status(job.run, status)

    def _for_what(self, job: Job) -> str:
        why = self.trouble()
        if why is None and job.process is not None:
            why = "no worker of the cluster has begun it yet"
        return f"Waiting for its turn: {why}." if why else "Waiting for its turn."

    def _withdraw(self, job: Job, *, stopped: bool = False) -> None:
        """Take a job out of the queue."""
        step = job.run.status().step
        if stopped:
            self._give_up(job, "stopped", f"Stopped at step {step:,}.")
        else:
            message = f"Taken out of the queue at step {step:,}; it can go on from there."
            self._give_up(job, "paused", message)

    def _give_up(self, job: Job, state: State, message: str) -> None:
        """Forget a job that no process trains."""
        del self._jobs[job.run.id]
        with contextlib.suppress(OSError):
            status = job.run.status()
            status.state, status.message, status.pid = state, message, None
            write_status(job.run, status)
        job.lock.close()

    def _supervise(self) -> None:
        """Look after all jobs until the launcher is closed and they are gone."""
        with self._change:
            while True:
                for job in list(self._jobs.values()):
                    self._look_after(job)
                if self._closed and not self._jobs:
                    return
                if not self._closed:
                    self._make_place()
                    self._start_next()
                seconds = _WATCH_SECONDS if self._cluster is None else _FAR_WATCH_SECONDS
                self._change.wait(seconds if self._jobs else None)

    def _look_after(self, job: Job) -> None:
        if job.process is not None and job.process.has_ended():
            self._bury(job)
            return
        if job.leaving and job.waits():
            job.leaving = False  # its worker has died before it had left
            self._let_go(job, "Paused,")
            return
        self._renew_what_it_waits_for(job)
        since, grace = job.unwatched_since, self.limits.grace_seconds
        hours = self.limits.max_hours
        if since is not None and time.monotonic() - since > grace:
            self._let_go(job, "Paused, as nobody was watching,")
        elif hours and job.process is not None and job.run.status().seconds > hours * 3600:
            self._let_go(job, f"Paused, as a run may train for {hours} hours here,")

    def _renew_what_it_waits_for(self, job: Job) -> None:
        """Say it as soon as it is something else."""
        if job.handed_on is not None and job.waits() and len(self._training()) > self._places():
            self._take_back(job)  # the cluster has shrunk
        if not (job.waits() or job.was_left()):
            job.told = ""
        elif job.told != self._for_what(job):
            with contextlib.suppress(RunLocked, OSError):
                own = contextlib.nullcontext() if job.process is None else RunLock(job.run.folder)
                with own:
                    if not job.is_leaving():
                        self._say_it_waits(job)

    def _is_untouched(self, job: Job) -> bool:
        """Whether no process trains a job; a cluster that was to train it does so no more."""
        return job.process is None or (job.handed_on is not None and self._take_back(job))

    def _take_back(self, job: Job) -> bool:
        """Put a job back to its place in the queue, unless some machine trains it."""
        assert job.process is not None
        if is_trained(job.run.folder):
            return False
        try:
            lock = RunLock(job.run.folder)
        except (RunLocked, OSError):
            return False
        if job.is_leaving():  # it has just ended
            lock.close()
            return False
        job.process.close()
        job.process, job.lock, job.paused_since, job.since = None, lock, None, None
        with contextlib.suppress(OSError):
            self._say_it_waits(job)
        return True

    def _is_lost(self, job: Job) -> bool:
        """Whether a cluster no longer trains a job, although nothing speaks against going on."""
        if self._closed or job.leaving or job.handed_on is None or job.handed_on.problem():
            return False
        status = job.run.status()
        if status.pid is None and status.state != "interrupted":
            return False
        if status.step > job.lost_at_step:
            job.losses, job.lost_at_step = 0, status.step
        job.losses += self.trouble() is None  # a cluster that is gone has nothing against the run
        return job.losses < _MOST_LOSSES

    def _bury(self, job: Job) -> None:
        """Forget a job whose process has ended, and leave its last words if it could not."""
        assert job.process is not None
        if self._is_lost(job) and self._take_back(job):
            return
        if job.handed_on is not None and (problem := job.handed_on.problem()):
            with contextlib.suppress(RunLocked, OSError), RunLock(job.run.folder):
                status = job.run.status()
                status.state, status.message, status.pid = "failed", problem, None
                write_status(job.run, status)
        if killed_by := job.process.killed_by():
            with (
                contextlib.suppress(OSError),
                open(job.run.folder / "worker.log", "a", encoding="utf-8") as log,
            ):
                log.write(f"The process was ended from outside ({killed_by}).\n")
        job.process.close()
        del self._jobs[job.run.id]
        if job.again and not self._closed and job.run.status().state == "paused":
            with contextlib.suppress(LaunchError):  # somebody else trains it already
                self._enqueue(job.run)
        elif job.afterwards is not None and not self._closed:
            with contextlib.suppress(RunError):  # it has ended in the meantime
                self._command_to_sleeper(job.run, *job.afterwards)

    def _let_go(self, job: Job, reason: str) -> None:
        """Have a job leave in good order, whether it waits or trains."""
        if self._is_untouched(job):
            self._withdraw(job)
        elif not job.leaving and job.process is not None:
            job.leaving = True
            job.process.leave(reason)

    def _make_place(self) -> None:
        """Put paused runs aside when others wait, and let the visitors have turns."""
        waiting = self._waiting()
        if not waiting:
            return
        for job in self._jobs.values():
            since = job.paused_since
            if job.process and since is not None and time.monotonic() - since > YIELD_SECONDS:
                self._let_go(job, "Paused, to make place for those who were waiting,")
        training = self._training()
        if len(training) < self._places() or any(job.leaving for job in training):
            return
        whose = [job.visitor for job in training]
        turns = []
        for job in training:
            if job.since is None and job.run.status().state == "running":
                job.since = time.monotonic()
            if job.since is not None and has_more_than_its_share(
                job.visitor, waiting[0].visitor, whose
            ):
                turns.append((job.since, job))
        since, longest = min(turns, key=lambda turn: turn[0], default=(math.inf, None))
        if longest is not None and time.monotonic() - since > self.limits.turn_seconds:
            longest.again = True
            self._let_go(longest, "Paused, until it has its next turn,")

    def _places(self) -> int:
        """Return how many runs may train at the same time, as things are."""
        if self._cluster is None:
            return self.limits.worker_count
        threads = self._cluster.threads()
        return min(self.limits.workers or threads, threads)

    def _training(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.process is not None]

    def _waiting(self) -> list[Job]:
        """Return who waits, in the order of their turns."""
        waiting = [job for job in self._jobs.values() if job.process is None]
        training = [job.visitor for job in self._training()]
        return [waiting[i] for i in fair_order([job.visitor for job in waiting], training)]

    def _start_next(self) -> None:
        """Start those whose turn it is, as long as there are free places."""
        free = self._places() - len(self._training())
        for job in self._waiting()[: max(0, free)]:
            try:
                self._spawn(job)
            except (OSError, RunLocked) as error:
                why = getattr(error, "strerror", None) or error
                message = f"No process could be started: {why}."
                self._give_up(job, "failed", message)

    def _spawn(self, job: Job) -> None:
        folder = job.run.folder
        if self._cluster is not None:
            job.process = self._cluster.train(folder, job.lock)
        spare = self.spare.take() if self.spare is not None and job.process is None else None
        if spare is not None:
            with contextlib.suppress(OSError):  # it has ended meanwhile
                spare.train(folder, job.lock)
                job.process = spare
        if job.process is None:
            job.process = WorkerProcess()
            job.process.train(folder, job.lock)
        if read_control(folder).command != "run":
            job.paused_since = time.monotonic()


def _refuse_lane(run: Run) -> None:
    """Leave a run alone that a race has in its hands."""
    race = run.race()
    if race is not None and race.status().state not in ENDED:
        name = race.info().name or race.id
        raise LaunchError(f"{run.id} runs in the race {name}; the Race page controls all its lanes")


def _checked(control: Control, **wishes: object) -> Control:
    """Return the wishes with some changed; raises :class:`LaunchError` for impossible ones."""
    try:
        return Control.model_validate({**control.model_dump(), **wishes})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        raise LaunchError(f"{name} cannot be {first['input']!r:.60}: {first['msg']}") from None
