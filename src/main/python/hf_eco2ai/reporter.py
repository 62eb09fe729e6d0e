"""Tells a server about the run, in a thread of its own. Training never waits for it; the end of it does, a few seconds."""

import threading
import time
from typing import Any, Callable, Dict, List, Optional

from .api import Api
from .messages import Message
from .outbox import ALL, LATER, NOT_ALLOWED, REFUSED, Outbox
from .spool import Spool

_FIRST_RETRY_S, _LONGEST_RETRY_S = 1.0, 60.0
_STALE_S = 120.0

Progress = Callable[[], Optional[Dict[str, Any]]]


class Reporter:
    """``progress`` gives what is to be said about steps, or None; asked every ``progress_s``."""

    def __init__(self, api: Api, spool: Spool, name: str, progress: Progress, progress_s: float) -> None:
        self.outbox = Outbox()
        self.notes: List[str] = []
        self.want_footprint = False
        self._api, self._spool, self._name = api, spool, name
        self._progress, self._progress_s = progress, progress_s
        self._latest: Optional[Dict[str, Any]] = None
        self._latest_at = 0.0
        self._footprint: Optional[Dict[str, Any]] = None
        self._condition = threading.Condition()
        self._finishing = self._done = False
        self._state = ALL
        self._kept: Optional[str] = None
        self._thread = threading.Thread(target=self._deliver, name="hf_eco2ai-reporter", daemon=True)
        self._thread.start()

    def add(self, message: Message) -> None:
        self.outbox.add(message)
        with self._condition:
            self._condition.notify()

    def latest(self) -> Optional[Dict[str, Any]]:
        """The last progress answer, while it is younger than two minutes."""
        return self._latest if time.monotonic() - self._latest_at < _STALE_S else None

    def latest_footprint(self) -> Optional[Dict[str, Any]]:
        return self._footprint if time.monotonic() - self._latest_at < _STALE_S else None

    def finish(self, message: Optional[Message], limit_s: float) -> None:
        """Sends the rest; keeps what was not taken in time for the next run of this user."""
        if message is not None:
            self.outbox.add(message)
        with self._condition:
            self._finishing = True
            self._condition.notify()
        self._thread.join(limit_s)
        self._done = True
        self._close()

    def _deliver(self) -> None:
        retry_s, resent, told_at = _FIRST_RETRY_S, False, 0.0
        while not self._done:
            try:
                finishing = self._finishing
                if finishing:
                    self._tell_progress()
                self._state = self.outbox.send(self._api)
                if self._state in (NOT_ALLOWED, REFUSED) or (finishing and self._state == LATER):
                    return
                if self._state == ALL and self.outbox.run_id:
                    self._forget_kept()
                    if not resent:
                        resent = True
                        self._resend_older()
                    if time.monotonic() - told_at >= self._progress_s and not finishing:
                        told_at = time.monotonic()
                        self._tell_progress()
                    if finishing:
                        return
                elif self._state == LATER:
                    self._keep()
                elif finishing:
                    return
            except Exception as problem:  # nothing of this may reach the training
                self.notes.append(f"reporting failed: {problem!r}")
                return
            retry_s = min(_LONGEST_RETRY_S, retry_s * 2) if self._state == LATER else _FIRST_RETRY_S
            with self._condition:
                if not self._finishing and (self.outbox.empty or self._state == LATER):
                    self._condition.wait(retry_s if self._state == LATER else self._progress_s)

    def _tell_progress(self) -> None:
        body = self._progress()
        if body is None or not self.outbox.run_id:
            return
        try:
            answer = self._api.post(f"/api/v1/runs/{self.outbox.run_id}/progress", body)
            if answer.ok:
                if self.want_footprint:
                    footprint = self._api.get(f"/api/v1/runs/{self.outbox.run_id}/footprint")
                    self._footprint = footprint.body if footprint.ok else None
                self._latest, self._latest_at = answer.body, time.monotonic()
        except OSError:
            pass  # the next one will say it too

    def _resend_older(self) -> None:
        taken = self._spool.resend(self._api, self._name)
        if taken:
            self.notes.append(f"sent {taken} {'run' if taken == 1 else 'runs'} kept from before")

    def _keep(self) -> None:
        try:
            self._kept = self._spool.keep(self._name, self._api.server, self.outbox)
        except OSError as problem:
            self.notes.append(f"the run could not be kept: {problem}")

    def _forget_kept(self) -> None:
        if self._kept is not None:
            self._spool.forget(self._name)
            self._kept = None

    def _close(self) -> None:
        outbox = self.outbox
        if self._state == REFUSED:
            self.notes.append(f"{outbox.problem}; the run is not on the server")
        elif not outbox.empty:
            self._keep()
            why = outbox.problem or "the server was too slow"
            kept = f"the run is kept in {self._kept} and sent with the next one" if self._kept else "the rest is lost"
            self.notes.append(f"{why}; {kept}")
        elif outbox.refused:
            self.notes.append(f"{outbox.problem}; it did not take {outbox.refused} of the run's messages")
        if outbox.dropped:
            self.notes.append(f"{outbox.dropped} reports were given up: too many were waiting")
