"""The HTTP server of the emulator."""

from __future__ import annotations

import email.parser
import email.policy
import json
import re
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.emulators.twelvelabs.api import Api, Refused
from tests.emulators.twelvelabs.state import Fault, Lie

_PREFIX = "/v1.3"


class Emulator:
    """A vendor on a free port of the loopback interface, and the knobs of its behaviour.

    keys: API keys that it takes. task_seconds, asset_seconds: how long work takes. chunk_size: of
    multipart uploads, bytes. latency: seconds before each answer. limit: calls a window, with
    `window` seconds; None means no limit. faults: answers that are errors, each used up in turn.
    task_failure: why every task fails. calls: how often what was called. portal: what stands
    between us and the vendor, and answers every call with status 200 and this text.
    """

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forgets everything, behaves again, and takes another key than before."""
        self.keys: set[str] = set()
        self.key = self.another_key()
        self.task_seconds = 0.3
        self.asset_seconds = 0.0
        self.chunk_size = 100_000
        self.latency = 0.0
        self.limit: int | None = None
        self.window = 1.0
        self.lies: set[Lie] = set()
        self.faults: list[Fault] = []
        self.task_failure: str | None = None
        self.portal: str | None = None
        self.calls: Counter[str] = Counter()
        self.refused = 0
        self.accounts: dict[str, Api] = {}
        self._recent: deque[float] = deque()

    def another_key(self) -> str:
        """A key of another account."""
        key = f"tlk_{secrets.token_hex(16)}"
        self.keys.add(key)
        return key

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{_PREFIX}"

    @property
    def api(self) -> Api:
        """What the vendor knows of its first key's account."""
        return self._account(self.key)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, method: str, path: str, status: int, **options: Any) -> None:
        """The next call that matches answers with an error."""
        self.faults.append(Fault(method=method, path=path, status=status, **options))

    def finish_work(self) -> None:
        """All work that is under way is done now, and further work takes no time."""
        self.task_seconds = self.asset_seconds = 0.0
        for account in list(self.accounts.values()):
            for task in list(account.tasks.values()):
                task.ready_at = 0.0
            for asset in list(account.assets.values()):
                asset.ready_at = 0.0

    def _account(self, key: str) -> Api:
        return self.accounts.setdefault(key, Api(self))

    def _answer(self, request: _Request) -> tuple[int, dict[str, str], Any]:
        if self.latency:
            time.sleep(self.latency)
        path = request.path
        if self.portal is not None:
            return 200, {}, self.portal.encode()
        if request.method == "PUT" and (part := re.fullmatch(r"/parts/(\w+)/(\d+)", path)):
            return self._put_part(part[1], int(part[2]), request.body)
        if request.key not in self.keys:
            body = {"code": "api_key_invalid", "message": "The API key is invalid."}
            return 401, {}, body
        with self._lock:
            self.calls[f"{request.method} {re.sub(r'/[0-9a-f]{24}', '/*', path)}"] += 1
            limited = self._limited()
            fault = None if limited else self._fault(request)
        if limited is not None:
            return 429, limited, {"code": "too_many_requests", "message": "Slow down."}
        if fault is not None and not fault.after:
            return fault.status, fault.headers, fault.answer
        try:
            status, body = self._route(request)
        except Refused as refused:
            return refused.status, {}, refused.body
        if fault is not None:
            return fault.status, fault.headers, fault.answer
        return status, {}, body

    def _limited(self) -> dict[str, str] | None:
        """Headers of a refusal when the limit is reached."""
        if self.limit is None:
            return None
        moment = time.time()
        while self._recent and self._recent[0] < moment - self.window:
            self._recent.popleft()
        if len(self._recent) < self.limit:
            self._recent.append(moment)
            return None
        self.refused += 1
        reset = self._recent[0] + self.window
        return {"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": f"{reset:.3f}"}

    def _fault(self, request: _Request) -> Fault | None:
        for fault in self.faults:
            if fault.method == request.method and re.fullmatch(fault.path, request.path):
                fault.times -= 1
                if fault.times == 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _put_part(self, upload: str, index: int, data: bytes) -> tuple[int, dict[str, str], Any]:
        for api in self.accounts.values():
            if upload in api.uploads:
                return 200, {"ETag": f'"{api.put_part(upload, index, data)}"'}, None
        return 404, {}, None

    def _route(self, request: _Request) -> tuple[int, Any]:
        api = self._account(request.key)
        base = self.url
        routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("POST", "/embed-v2/tasks", lambda: api.create_task(request.json())),
            ("GET", "/embed-v2/tasks", lambda: api.list_tasks(request.query)),
            ("GET", r"/embed-v2/tasks/(\w+)", api.task),
            ("POST", "/assets", lambda: api.create_asset(*request.file())),
            ("GET", "/assets", lambda: api.list_assets(request.query)),
            ("GET", r"/assets/(\w+)", api.asset),
            ("DELETE", r"/assets/(\w+)", api.delete_asset),
            (
                "POST",
                "/assets/multipart-uploads",
                lambda: api.create_upload(request.json(), base),
            ),
            (
                "POST",
                r"/assets/multipart-uploads/(\w+)/presigned-urls",
                lambda upload: api.part_urls(
                    upload, request.json()["start"], request.json()["count"], base
                ),
            ),
            (
                "POST",
                r"/assets/multipart-uploads/(\w+)",
                lambda upload: api.report_parts(upload, request.json()),
            ),
        ]
        for method, pattern, handle in routes:
            match = re.fullmatch(pattern, request.path)
            if method == request.method and match:
                answer = handle(*match.groups())
                return (204 if answer is None else 200), answer
        raise Refused(404, "not_found", f"No route {request.method} {request.path}")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        emulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

            def _handle(self) -> None:
                try:
                    request = _Request(self)
                except ConnectionError:
                    self.close_connection = True
                    return
                status, headers, body = emulator._answer(request)
                data = body if isinstance(body, bytes) else _written(body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                kind = "text/html" if data.startswith(b"<") else "application/json"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = _handle

        return Handler


def _written(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


class _Request:
    """One HTTP request, its body read."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        split = urlsplit(handler.path)
        self.method = handler.command
        self.path = split.path.removeprefix(_PREFIX)
        self.query = dict(parse_qsl(split.query))
        self.key = handler.headers.get("x-api-key", "")
        self._type = handler.headers.get("content-type", "")
        self.body = self._read(handler)

    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    def file(self) -> tuple[str, bytes]:
        """Name and content of the file in a multipart form."""
        head = f"Content-Type: {self._type}\r\n\r\n".encode()
        parser = email.parser.BytesParser(policy=email.policy.HTTP)
        for part in parser.parsebytes(head + self.body).iter_parts():
            if part.get_filename():
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                return str(part.get_filename()), content
        raise Refused(400, "parameter_invalid", "There is no file in the form.")

    @staticmethod
    def _read(handler: BaseHTTPRequestHandler) -> bytes:
        if handler.headers.get("transfer-encoding", "").lower() != "chunked":
            return _exactly(handler, int(handler.headers.get("content-length", "0")))
        pieces = []
        while size := int(handler.rfile.readline() or b"0", 16):
            pieces.append(_exactly(handler, size))
            handler.rfile.readline()
        if not handler.rfile.readline():
            raise ConnectionError
        return b"".join(pieces)


def _exactly(handler: BaseHTTPRequestHandler, size: int) -> bytes:
    """So many bytes. Raises ConnectionError when the client is gone before: it asked nothing."""
    data = handler.rfile.read(size)
    if len(data) < size:
        raise ConnectionError
    return data
