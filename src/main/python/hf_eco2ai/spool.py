"""Messages that no server has taken yet, one file a run. A message sent twice changes nothing, so a file is deleted only
after all of it was taken."""

import json
import os
import tempfile
from typing import List, Optional

from .api import Api
from .messages import Message
from .outbox import ALL, LATER, NOT_ALLOWED, REFUSED, Outbox

try:
    import fcntl
except ImportError:  # not a POSIX system: two runs that end at once may send the same twice, which changes nothing
    fcntl = None  # type: ignore[assignment]

_ENDING = ".jsonl"


class Spool:
    """``limit_bytes``: all files together; the oldest go first."""

    def __init__(self, folder: Optional[str], limit_bytes: int) -> None:
        state = os.environ.get("XDG_STATE_HOME", "")
        base = state if state.startswith("/") else os.path.join(os.path.expanduser("~"), ".local", "state")
        self.folder = folder or os.path.join(base, "hf-eco2ai", "python")
        self._limit = limit_bytes

    def keep(self, name: str, server: str, outbox: Outbox) -> Optional[str]:
        """Writes what is left, in place of an earlier file of that name. Returns the file, None when nothing is kept."""
        if self._limit <= 0:
            return None
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        lines = [json.dumps({"server": server, "run_id": outbox.run_id, "members": outbox.members})]
        for message in outbox.messages():
            lines.append(json.dumps({"kind": message.kind, "key": message.key, "body": message.body}))
        handle, part = tempfile.mkstemp(prefix=name, suffix=".part", dir=self.folder)  # readable by this user only
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        path = os.path.join(self.folder, name + _ENDING)
        os.replace(part, path)
        self._drop_oldest()
        return path if os.path.exists(path) else None

    def forget(self, name: str) -> None:
        _remove(os.path.join(self.folder, name + _ENDING))

    def resend(self, api: Api, except_name: str = "") -> int:
        """Sends what waits for this server, oldest first, until it stumbles. Returns how many runs it took."""
        taken = 0
        for path in self._files():
            if os.path.basename(path) == except_name + _ENDING:
                continue
            outcome = self._resend(path, api)
            if outcome in (LATER, NOT_ALLOWED):
                break
            taken += outcome == ALL
        return taken

    def _resend(self, path: str, api: Api) -> str:
        try:
            with open(path, encoding="utf-8") as file:
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # or another process is sending it just now
                header, *rows = [json.loads(line) for line in file]
                if header["server"] != api.server or not os.path.exists(path):
                    return REFUSED
                outbox = Outbox(header["run_id"], header["members"])
                for row in rows:
                    outbox.add(Message(row["kind"], row["body"], row["key"]))
                outcome = outbox.send(api)
                if outcome in (ALL, REFUSED):
                    _remove(path)
                return outcome
        except (OSError, ValueError, KeyError, TypeError):
            return REFUSED  # not readable as one of ours: left alone

    def _drop_oldest(self) -> None:
        total = 0
        for path in reversed(self._files()):
            total += os.path.getsize(path)
            if total > self._limit:
                _remove(path)

    def _files(self) -> List[str]:
        """Oldest first: the names begin with the time."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(_ENDING))
        except OSError:
            return []
        return [os.path.join(self.folder, name) for name in names]


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass  # it is gone, or not ours to delete
