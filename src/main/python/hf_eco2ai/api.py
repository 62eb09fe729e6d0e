"""Sends JSON to a server. Every call ends within seconds, whatever the server does."""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Dict, Optional

from ._version import client

_TIMEOUT_S = 5.0
_LARGEST_ANSWER = 4_000_000


@dataclass(frozen=True)
class Answer:
    """``body`` is empty when the answer was no JSON object."""

    status: int
    body: Dict[str, Any]

    @property
    def ok(self) -> bool:
        return self.status // 100 == 2

    @property
    def not_allowed(self) -> bool:
        """The token is wrong: a person can mend that, and the message may be sent again then."""
        return self.status in (401, 403)

    @property
    def refused(self) -> bool:
        """The server has understood and does not want it: sending the same again will not help."""
        return self.status // 100 == 4 and self.status not in (408, 429)

    @property
    def reason(self) -> str:
        detail = self.body.get("detail") or self.body.get("title") or ""
        return f"HTTP {self.status}" + (f": {detail}" if detail else "")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None  # the token goes to the server that was named and to no other


class Api:
    """``server``: http or https, with or without a path. Raises OSError when there is no answer."""

    def __init__(self, server: str, token: Optional[str]) -> None:
        self.server = server.rstrip("/")
        self._token = token or ""
        self._opener = urllib.request.build_opener(_NoRedirect)

    def post(self, path: str, body: Dict[str, Any]) -> Answer:
        return self._call(path, json.dumps(body, allow_nan=False).encode())

    def get(self, path: str) -> Answer:
        return self._call(path, None)

    def _call(self, path: str, body: Optional[bytes]) -> Answer:
        headers = {
            "Authorization": "Bearer " + self._token,
            "Accept": "application/json, application/problem+json",
            "User-Agent": client(),
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.server + path, data=body, headers=headers)
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
                return Answer(answer.status, _object(answer.read(_LARGEST_ANSWER)))
        except urllib.error.HTTPError as answer:
            with answer:
                return Answer(answer.code, _object(answer.read(_LARGEST_ANSWER)))
        except urllib.error.URLError as problem:
            raise OSError(str(problem.reason)) from problem
        except http.client.HTTPException as problem:
            raise OSError(f"no proper answer ({problem!r})") from problem


def _object(content: bytes) -> Dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
