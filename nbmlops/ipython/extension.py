"""Loading into a shell, and leaving it as it was."""

from __future__ import annotations

import ast
from typing import Any

from nbmlops import context
from nbmlops.config import NbMlops
from nbmlops.data import watching
from nbmlops.ipython import capture, frontend
from nbmlops.ipython.frontend import FrontEnd
from nbmlops.ipython.hooks import Hooks
from nbmlops.ipython.identity import Identifier
from nbmlops.ipython.servers import Lookup
from nbmlops.ipython.showing import Screen
from nbmlops.ipython.transform import take_run_line
from nbmlops.ipython.whereabouts import Announcement
from nbmlops.storage.session import Session
from nbmlops.tracking import sessions
from nbmlops.ui import present


class Overrides(ast.NodeTransformer):
    """IPython asks it about every tree that is to be run: rejects a wrong run line, sets what a right one sets."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    def visit(self, node: Any) -> Any:
        return self._hooks.transform(node)


class Extension:
    """Everything that is put into one shell."""

    def __init__(self, shell: Any, *, skips_first: bool) -> None:
        self.shell = shell
        self.tap = capture.tap_for(shell)
        found = frontend.detect(shell)
        # a notebook that a program runs is saved as it was shown: a widget in it would be blank without a kernel
        self.screen = Screen(shell, has_widgets=found.name in ("jupyter", "vscode", "colab", "kernel"))
        identifier = Identifier(shell, counts_repeats=found.name in ("kernel", "nbclient", "papermill"))
        self.hooks = Hooks(shell, self.tap, identifier, self.screen, skips_first=skips_first)
        self.hooks.extension = self
        self._overrides = Overrides(self.hooks)
        self._matcher: Any = None
        self._presenter_before: Any = None
        self._settings = NbMlops.instance()
        self._found = found
        self._announcement = Announcement(found.kernel_id)
        self._lookup = Lookup(found, self._describe)
        self.hooks.when_run_begins = self._lookup.again

    def load(self) -> None:
        """Put everything in place."""
        from nbmlops.ipython import magics

        shell = self.shell
        self._settings.update_config(shell.config)
        if self._settings not in shell.configurables:
            shell.configurables.append(self._settings)
        self._presenter_before = present.install(self.screen)
        context.install_notices(self.screen.warn)
        self._describe(self._found)
        self._lookup.again()
        sessions.when_opened(self._announcement.make)
        sessions.when_opened(_warm_up)
        shell.input_transformers_cleanup.insert(0, take_run_line)
        shell.ast_transformers.append(self._overrides)
        magics.register(shell)
        self._complete()
        self.hooks.register()

    def unload(self) -> None:
        """Take everything away."""
        from nbmlops.ipython import magics

        shell = self.shell
        self.hooks.retire()
        self.tap.remove()
        for transformers, ours in (
            (shell.input_transformers_cleanup, take_run_line),
            (shell.ast_transformers, self._overrides),
        ):
            if ours in transformers:
                transformers.remove(ours)
        matchers = getattr(shell.Completer, "custom_matchers", None)
        if matchers is not None and self._matcher in matchers:
            matchers.remove(self._matcher)
        magics.unregister(shell)
        if self._settings in shell.configurables:
            shell.configurables.remove(self._settings)
        present.install(self._presenter_before)
        context.install_notices(None)
        context.unwatch_threads()
        watching.leave()
        sessions.no_longer(self._announcement.make)
        sessions.no_longer(_warm_up)
        self._announcement.withdraw()
        self._lookup.stop()
        self.hooks.recorder.leave()

    def _complete(self) -> None:
        matchers = getattr(self.shell.Completer, "custom_matchers", None)
        if matchers is None:
            return
        from nbmlops.ipython.completion import matcher

        self._matcher = matcher()
        matchers.append(self._matcher)

    def _describe(self, found: FrontEnd) -> None:
        sessions.describe(
            frontend=found.name, notebook=found.notebook, notebook_source=found.notebook_source, kernel=found.kernel_id
        )


def _warm_up(session: Session) -> None:
    """Import and open in the background what the first run cell would wait for."""
    session.soon(lambda: _prepare_first_footer(session))


def _prepare_first_footer(session: Session) -> None:
    from nbmlops.errors import StoreError
    from nbmlops.tracking import closing

    try:
        closing.preload(session)
    except StoreError:
        pass  # the first footer asks again, and says what is wrong


def loaded(shell: Any) -> Any:
    """The extension in a shell, also one that an older copy of this package put there."""
    for event in ("pre_run_cell", "post_run_cell"):
        for callback in shell.events.callbacks.get(event, ()):
            extension = getattr(getattr(callback, "__self__", None), "extension", None)
            if extension is not None and hasattr(extension, "unload"):
                return extension
    return None


def load_ipython_extension(shell: Any) -> None:
    """Load; loading twice is loading once, and leftovers of an older copy are replaced."""
    before = loaded(shell)
    if before is not None:
        if isinstance(before, Extension) and not before.hooks.is_retired:
            return
        before.unload()
    capture.take_off_leftovers(shell)
    extension = Extension(shell, skips_first=before is not None)
    extension.load()


def unload_ipython_extension(shell: Any) -> None:
    """Leave nothing behind."""
    extension = loaded(shell)
    if extension is not None:
        extension.unload()
