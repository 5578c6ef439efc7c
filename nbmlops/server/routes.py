"""The routes ``<base url>/nbmlops/api/...``: what a browser may ask of this server, and in what form."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async, url_path_join
from tornado.ioloop import PeriodicCallback
from tornado.web import authenticated
from traitlets import List, Unicode
from traitlets.config import Configurable

from nbmlops import context
from nbmlops.errors import MLError, UsageError
from nbmlops.server.places import Places
from nbmlops.server.shelf import Shelf

T = TypeVar("T")

THREADS: Final = 3
LONGEST_REQUEST: Final = 1 << 20
BLOCK: Final = 1 << 18
REST_MS: Final = 30_000


class NbMlopsServer(Configurable):
    """What the owner of a server may set, in ``jupyter_server_config.py``."""

    stores = List(
        Unicode(), help="Stores to serve beside those below the root folder: files, or folders with an mlops.duckdb."
    ).tag(config=True)


def join(server: Any) -> None:
    """Add the routes to a Jupyter server."""
    settings = NbMlopsServer(config=server.config)
    named = [*settings.stores, *filter(None, [os.environ.get("NBMLOPS_STORE")])]
    root = Path(getattr(server, "root_dir", "") or Path.cwd()).expanduser()
    listed = [(root / Path(path).expanduser()).absolute() for path in named]
    shelf = Shelf(Places(root, listed, Path(jupyter_runtime_dir())))
    work = ThreadPoolExecutor(THREADS, thread_name_prefix="nbmlops")
    context.install_notices(lambda text: server.log.warning("nbmlops: %s", text))
    base = url_path_join(server.web_app.settings["base_url"], "nbmlops", "api")
    known = {"shelf": shelf, "work": work}
    routes = {"stores": StoresHandler, "stamp": StampHandler, "answer": AnswerHandler, "artifact": ArtifactHandler}
    server.web_app.add_handlers(".*$", [(url_path_join(base, name), kind, known) for name, kind in routes.items()])

    def rest() -> None:
        work.submit(shelf.rest)

    PeriodicCallback(rest, REST_MS).start()
    atexit.register(shelf.close)


class Handler(APIHandler):
    """Works in a thread of the pool, and says what is wrong as JSON.

    A server shared by several people asks its authorizer whether this one may ``read``, or by an action ``write``.
    """

    auth_resource = "nbmlops"
    _track_activity = False  # a panel that looks every two seconds must not keep an idle server alive

    def initialize(self, shelf: Shelf, work: ThreadPoolExecutor) -> None:
        self.shelf = shelf
        self.work = work

    async def in_thread(self, task: Callable[..., T], *args: Any, **named: Any) -> T:
        """Do something that may wait, without stopping the server meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self.work, partial(task, *args, **named))

    def said(self, name: str) -> str | None:
        """One argument of the address."""
        return self.get_query_argument(name, None) or None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Errors of ours are told in two parts."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if not isinstance(error, MLError):
            super().write_error(status_code, **kwargs)
            return
        self.refuse(404 if isinstance(error, UsageError) else 409, error.message, error.hint, type(error).__name__)

    def refuse(self, status: int, message: str, hint: str | None, kind: str = "forbidden") -> None:
        """Say in two parts why there is no answer."""
        self.set_status(status)
        self.finish(json.dumps({"error": {"message": message, "hint": hint, "kind": kind}}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What is told to the person who asked is no fault of the server."""
        if not isinstance(value, MLError):
            super().log_exception(typ, value, tb)


class StoresHandler(Handler):
    """``GET stores?notebook=..&kernel=..``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        found = await self.in_thread(self.shelf.list, self.said("notebook"), self.said("kernel"))
        self.finish(json.dumps(found))


class StampHandler(Handler):
    """``GET stamp?store=..&notebook=..&kernel=..``"""

    @authenticated
    @authorized
    async def get(self) -> None:
        named = (self.said(name) for name in ("store", "notebook", "kernel"))
        self.finish(json.dumps(await self.in_thread(self.shelf.pulse, *named)))


class AnswerHandler(Handler):
    """``POST answer`` with ``{store, notebook, kernel, id, kind, name, args}``."""

    @authenticated
    async def post(self) -> None:
        if len(self.request.body) > LONGEST_REQUEST:
            raise UsageError("a request of this size is none of ours", "reload the page")
        try:
            request = json.loads(self.request.body)
            named = [request.get(name) for name in ("store", "notebook", "kernel")]
        except (ValueError, AttributeError):
            request, named = None, [0]
        if not all(name is None or isinstance(name, str) for name in named):
            raise UsageError("the request is not in the form that this server reads", "reload the page")
        is_action = request.get("kind") == "action"
        if not await self.may("write" if is_action else "read"):
            what = "change the runs" if is_action else "look at the runs"
            self.refuse(403, f"this server does not let you {what}", "ask its owner")
            return
        self._track_activity = is_action
        self.finish(await self.in_thread(self.answered, named, request))

    async def may(self, action: str) -> bool:
        """Whether the authorizer of this server lets this person read, or write."""
        asked = self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)
        return bool(await ensure_async(asked))

    def answered(self, named: list[str | None], request: Any) -> bytes:
        """The answer as text: making it takes a while, too."""
        from nbmlops.ui.desk import answer, refusal

        try:
            found = answer(self.shelf.desk(*named).desk, request)
        except MLError as error:
            found = refusal(error, request.get("id"))
        return json.dumps(found, allow_nan=False).encode()


class ArtifactHandler(Handler):
    """``GET artifact?store=..&run=..&path=..``: a file that a run kept, to be saved, never to be shown as a page."""

    @authenticated
    @authorized
    async def get(self) -> None:
        from nbmlops.server.artifacts import find

        desk = await self.in_thread(self.shelf.desk, self.said("store"), self.said("notebook"), self.said("kernel"))
        found = await self.in_thread(find, desk.store, self.said("run") or "", self.said("path") or "")
        with await self.in_thread(open, found.file, "rb") as file:
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.set_header("Content-Disposition", _attachment(found.name))
            self.set_header("X-Content-Type-Options", "nosniff")
            self.set_header("Cache-Control", "private, no-store")
            self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
            while block := await self.in_thread(file.read, BLOCK):
                self.write(block)
                await self.flush()
        self.finish(set_content_type="application/octet-stream")


def _attachment(name: str) -> str:
    plain = re.sub(r"[^\w .-]", "_", name.encode("ascii", "replace").decode())
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
