"""The messages of one run in their order; the first of them starts it. What the server has taken is removed."""

import threading
from collections import deque
from typing import Any, Deque, Dict, List, Optional

from .api import Answer, Api
from .messages import FINISH, MEASUREMENTS, MEMBER, START, Message

ALL, LATER, NOT_ALLOWED, REFUSED = "all", "later", "not allowed", "refused"
_LIMIT = 5000  # half a day of messages every ten seconds
_WATCHED = "send usage only"  # how the server refuses energy of a node that a sensor of its own or an agent measures


class Outbox:
    """``send`` is for one thread at a time; the rest may be asked from any."""

    def __init__(self, run_id: str = "", members: Optional[Dict[str, str]] = None) -> None:
        self.run_id = run_id
        self.members = dict(members or {})
        self.run_url: Optional[str] = None
        self.node_watched = False
        self.footprint: Optional[Dict[str, Any]] = None
        self.problem: Optional[str] = None
        self.refused = 0
        self.dropped = 0
        self._messages: Deque[Message] = deque()
        self._lock = threading.Lock()

    def add(self, message: Message) -> None:
        with self._lock:
            if len(self._messages) >= _LIMIT:
                waiting = list(self._messages)
                oldest = next((each for each in waiting if each.kind == MEASUREMENTS), None)
                if oldest is not None:
                    self._messages.remove(oldest)
                self.dropped += 1
            self._messages.append(message)

    @property
    def empty(self) -> bool:
        return not self._messages

    def messages(self) -> List[Message]:
        with self._lock:
            return list(self._messages)

    def send(self, api: Api) -> str:
        """Until all is taken or the server stumbles."""
        while True:
            with self._lock:
                if not self._messages:
                    return ALL
                message = self._messages[0]
            body = self._body(message)
            outcome = ALL
            if body is not None:
                try:
                    outcome = self._take(message, api.post(message.path(self.run_id), body))
                except OSError as problem:
                    self.problem = f"the server did not answer ({problem})"
                    outcome = LATER
            if outcome != ALL:
                return outcome
            with self._lock:
                if self._messages and self._messages[0] is message:
                    self._messages.popleft()

    def _body(self, message: Message) -> Optional[Dict[str, Any]]:
        """With the server's ids in it; None when nothing is left to be said."""
        if message.kind != MEASUREMENTS:
            return message.body
        usage = []
        for row in message.body["usage"]:
            member = self.members.get(row["rank"])
            if member:
                usage.append({**{name: row[name] for name in row if name != "rank"}, "member_id": member})
        # Another sensor has this node's energy: only what the processes did is new to the server.
        energy = [] if self.node_watched else message.body["measurements"]
        return {**message.body, "measurements": energy, "usage": usage} if energy or usage else None

    def _take(self, message: Message, answer: Answer) -> str:
        if answer.ok:
            return self._taken(message, answer)
        self.problem = "the server answered " + answer.reason
        if answer.not_allowed:
            return NOT_ALLOWED
        if not answer.refused:
            return LATER
        # One message the server does not want must not hold up those behind it; without its start a run is nothing.
        self.refused += 1
        return REFUSED if message.kind == START else ALL

    def _taken(self, message: Message, answer: Answer) -> str:
        if message.kind == START:
            run_id = answer.body.get("id")
            if not isinstance(run_id, str):
                self.problem = "the answer has no run id: is this the address of an HF Eco2AI server?"
                return REFUSED
            self.run_id = run_id
            self.run_url = answer.body.get("url")
            self.node_watched = answer.body.get("node_watched") is True
        if message.kind in (START, MEMBER) and isinstance(answer.body.get("member_id"), str):
            self.members[message.key] = answer.body["member_id"]
        if message.kind == MEASUREMENTS and _WATCHED in str(answer.body.get("rejected")):
            self.node_watched = True
        if message.kind == FINISH and isinstance(answer.body.get("footprint"), dict):
            self.footprint = answer.body["footprint"]
        return ALL
