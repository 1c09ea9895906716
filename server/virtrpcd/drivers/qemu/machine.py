"""One machine of the qemu driver: what is kept, what runs, its state, and what queries answer from. No IO."""

from __future__ import annotations

import copy

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import format_domain
from virtrpcd.drivers.qemu.run import Run
from virtrpcd.errors import FROM_QEMU, InvalidArgument, OperationFailed, OperationInvalid
from virtrpcd.jobs import JobLock
from virtrpcd.lifecycle import Move
from virtrpcd.model import Affect, DomainRef, DomainState, ShutoffReason, XmlFlag
from virtrpcd.store import Definition, RunPhase, RunRecord

_LIVE = int(Affect.LIVE)
_CONFIG = int(Affect.CONFIG)
_SECURE = int(XmlFlag.SECURE)
_INACTIVE = int(XmlFlag.INACTIVE)


class Machine:
    """A machine: `config` is kept when it stops (None: transient), `run` is its process (None: it is off).

    damage: why its kept definition cannot be used, None for a sound one. A machine without config, run and damage is
    only a place held for one that is being made; nobody sees it.
    """

    def __init__(self, uuid: bytes, name: str, *, job_wait_s: float) -> None:
        self.uuid = uuid
        self.ref = DomainRef(name, uuid, -1)
        self.lock = JobLock(f"domain '{name}'", wait_s=job_wait_s, error_domain=FROM_QEMU)
        self.config: DomainDef | None = None
        self.run: Run | None = None
        self.state = int(DomainState.SHUTOFF)
        self.reason = int(ShutoffReason.UNKNOWN)
        self.autostart = False
        self.updated = False
        self.managed = False
        self.damage: str | None = None
        self.max_memory_kib = self.memory_kib = self.vcpus = 0
        self._xml: dict[int, str] = {}

    @property
    def name(self) -> str:
        """The machine's present name."""
        return self.ref.name

    @property
    def visible(self) -> bool:
        """Whether there is something to see."""
        return self.config is not None or self.run is not None or self.damage is not None

    # -- definitions ------------------------------------------------------------------------------------------------

    def current(self) -> DomainDef:
        """Return the definition that counts now: what runs, else what would. OperationFailed for a damaged one."""
        if self.run is not None:
            return self.run.live
        if self.config is not None:
            return self.config
        raise OperationFailed(f"the definition of domain '{self.name}' is damaged: {self.damage}", domain=FROM_QEMU)

    def chosen(self, flags: int) -> DomainDef:
        """Return the one definition that Affect flags choose for a question."""
        if flags & _LIVE and flags & _CONFIG:
            raise InvalidArgument("live and config cannot both be asked for", domain=FROM_QEMU)
        live, config = self.affected(flags)
        if live is not None:
            return live.live
        return self.current() if config is None else config

    def affected(self, flags: int) -> tuple[Run | None, DomainDef | None]:
        """Return the run and the kept definition that Affect flags choose for a change, None for one they do not.

        Raises OperationInvalid for LIVE when it is off and for CONFIG when it is transient.
        """
        wanted = flags & (_LIVE | _CONFIG)
        if not wanted:
            return (self.run, None) if self.run is not None else (None, self.current())
        run = self.need_run() if wanted & _LIVE else None
        config = self.need_config("change the persistent definition of") if wanted & _CONFIG else None
        return run, config

    def need_run(self) -> Run:
        """Return what runs; OperationInvalid when it is off."""
        if self.run is None:
            raise OperationInvalid("domain is not running", domain=FROM_QEMU)
        return self.run

    def need_off(self) -> None:
        """Raise OperationInvalid when it is running."""
        if self.run is not None:
            raise OperationInvalid(f"domain '{self.name}' is already active", domain=FROM_QEMU)

    def need_config(self, what: str) -> DomainDef:
        """Return the kept definition; OperationInvalid for a transient machine."""
        if self.config is None:
            if self.damage is not None:
                self.current()
            raise OperationInvalid(f"cannot {what} a transient domain", domain=FROM_QEMU)
        return self.config

    # -- rows -------------------------------------------------------------------------------------------------------

    def definition_row(self, config: DomainDef, *, autostart: bool | None = None) -> Definition:
        """Return what the store keeps of a definition of this machine."""
        xml = format_domain(config, id=None, secure=True)
        return Definition(self.uuid, config.name, xml, self.autostart if autostart is None else autostart)

    @staticmethod
    def run_row(run: Run, phase: RunPhase = RunPhase.STARTED) -> RunRecord:
        """Return what the store keeps of a run."""
        xml = format_domain(run.live, id=None, secure=True)
        pid, ticks = (run.process.pid, run.process.ticks) if phase is not RunPhase.STARTING else (0, 0)
        return RunRecord(run.uuid, run.live.name, xml, run.id, pid, ticks, phase)

    # -- changes ----------------------------------------------------------------------------------------------------

    def set_config(self, config: DomainDef, *, changed: bool = True) -> None:
        """Take a kept definition, after it was stored."""
        self.config = config
        self.damage = None
        if self.run is not None and changed:
            self.updated = True
        self.refresh()

    def begin(self, run: Run, move: Move) -> None:
        """Become active."""
        self.run = run
        self.ref = DomainRef(self.ref.name, self.uuid, run.id)
        self.updated = False
        self.enter(move.state, move.reason)
        self.refresh()

    def end(self, move: Move) -> None:
        """Become inactive: only the kept definition, if there is one, is left."""
        self.run = None
        self.ref = DomainRef(self.ref.name, self.uuid, -1)
        self.updated = False
        self.enter(move.state, move.reason)
        self.refresh()

    def enter(self, state: int, reason: int) -> None:
        """Take a new state."""
        self.state, self.reason = int(state), int(reason)

    def rename(self, name: str) -> None:
        """Take a new name."""
        self.ref = DomainRef(name, self.uuid, self.ref.id)
        self.lock.what = f"domain '{name}'"

    def refresh(self) -> None:
        """Bring what queries answer from up to date after a change of a definition."""
        self._xml = {}
        if self.run is None and self.config is None:
            return
        shown = self.current()
        self.max_memory_kib = shown.memory_kib
        self.memory_kib = shown.current_memory_kib
        self.vcpus = shown.vcpus

    def copy_of_config(self, what: str) -> DomainDef:
        """Return a copy of the kept definition, to be changed and then stored."""
        return copy.deepcopy(self.need_config(what))

    def describe(self, flags: int) -> str:
        """Return XML; kept until the next change, as it is asked for far more often than it changes."""
        kind = flags & (_SECURE | _INACTIVE)
        text = self._xml.get(kind)
        if text is None:
            inactive = bool(kind & _INACTIVE)
            definition = self.config if inactive and self.config is not None else self.current()
            id = self.ref.id if self.run is not None and not inactive else None
            text = self._xml[kind] = format_domain(definition, id=id, secure=bool(kind & _SECURE))
        return text
