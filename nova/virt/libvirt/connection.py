# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""One connection to libvirt, opened again whenever it is lost.

A live connection is handed out without asking libvirt anything.  No lock is held
while one is opened: whoever needs it then waits for the one attempt under way, and
not longer than ``open_timeout_s``.
"""

from collections.abc import Callable
import contextlib
import dataclasses
import threading
import time
import traceback
from typing import Any
import urllib.parse

import libvirt
from oslo_log import log as logging
import tenacity

from nova import exception
from nova import utils
from nova.i18n import _
from nova.virt.libvirt import calls as libvirt_calls
from nova.virt.libvirt import errors
from nova.virt.libvirt import threads

LOG = logging.getLogger(__name__)

Opener = Callable[[str, list[Any], int], libvirt.virConnect]
#: Gets the credentials that libvirt asks for, as lists whose last element is to be
#: filled in; returns 0, or -1 to refuse.
AuthCallback = Callable[[list[Any], Any], int]

#: How long a call waits for its answer: longer than any of libvirt's own limits.
CALL_TIMEOUT_S = 45
#: How long the end of a connection, which asks libvirtd too, is waited for.
CLOSE_TIMEOUT_S = 5
#: Longest pause between two attempts to reach a libvirtd that is away.
MAX_PAUSE_S = 2.0
#: A connection that is lost sooner was of no use; the next is not opened at once.
SHORT_LIFE_S = 1.0
FIRST_PAUSE_S = 0.1
#: As many as make the longest pause, and more.
_MAX_SHORT_LIVES = 10

CLOSE_REASONS = {
    libvirt.VIR_CONNECT_CLOSE_REASON_ERROR: _('an error on the connection'),
    libvirt.VIR_CONNECT_CLOSE_REASON_EOF: _('libvirt closed the connection'),
    libvirt.VIR_CONNECT_CLOSE_REASON_KEEPALIVE: _('libvirt does not answer'),
    libvirt.VIR_CONNECT_CLOSE_REASON_CLIENT: _('the connection was closed here'),
}


@dataclasses.dataclass(frozen=True)
class KeepAlive:
    """How soon a libvirtd that does not answer is given up."""

    interval_s: int = 5
    count: int = 5


def default_keepalive(uri: str) -> KeepAlive | None:
    """Return what is right for a URI: nothing where libvirtd is on this machine.

    The kernel tells of the end of a local libvirtd, and calls have deadlines.  With
    keepalive, libvirt's client library (9.0.0) crashes when a libvirtd that was
    stopped goes on after the time-out and several calls were under way.
    """
    return KeepAlive() if urllib.parse.urlsplit(uri).hostname else None


class _Link:
    """An open connection and whether it may still be used."""

    def __init__(self, conn: libvirt.virConnect, calls: libvirt_calls.Calls) -> None:
        #: The libvirt object itself; only for what does not block.
        self.raw: libvirt.virConnect | None = conn
        self.conn: libvirt.virConnect | None = calls.wrap(conn)
        self._opened_at = time.monotonic()
        #: Set in libvirt's thread, therefore no more than plain attributes.
        self.lost = False
        self.had_short_life = False
        self.versions: tuple[int, int, str] | None = None

    def usable(self) -> libvirt.virConnect | None:
        """Return the connection unless this side knows that it is gone."""
        conn, raw = self.conn, self.raw
        if conn is None or raw is None or self.lost:
            return None
        try:
            return conn if raw.isAlive() else None
        except libvirt.libvirtError:
            return None

    def lose(self) -> None:
        """Note that it may not be used any more; from any thread."""
        if not self.lost:
            self.had_short_life = time.monotonic() - self._opened_at < SHORT_LIFE_S
            self.lost = True

    def drop(self) -> None:
        """Let go of libvirt's object, which closes it once no call uses it.

        Closing it outright would free it under the feet of such a call.
        """
        self.lost = True
        self.conn = self.raw = None


class _Attempt:
    """One opening of a connection, which many may wait for."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.done = threading.Event()
        self.link: _Link | None = None
        self.error: Exception | None = None

    @classmethod
    def ended(cls, link: _Link | None) -> '_Attempt':
        """Return one that has brought a connection."""
        attempt = cls()
        attempt.link = link
        attempt.done.set()
        return attempt

    def has_failed(self, timeout_s: float) -> bool:
        """Wait for the end of the attempt; False if it is not over in its time."""
        remaining_s = self.began + timeout_s - time.monotonic()
        return self.done.wait(max(remaining_s, 0)) and self.error is not None

    def result(self, timeout_s: float) -> libvirt.virConnect:
        """Wait for the end of the attempt, counted from its beginning."""
        remaining_s = self.began + timeout_s - time.monotonic()
        if not self.done.wait(max(remaining_s, 0)):
            raise errors.hypervisor_unavailable(
                _('no answer to the opening of a connection for %d s') % timeout_s)
        if self.error is not None:
            raise self.error
        conn = self.link.conn if self.link is not None else None
        if conn is None:
            raise errors.hypervisor_unavailable(_('it was lost at once'))
        return conn


def _nothing(_value: object) -> None:
    """Do nothing."""


class Connection:
    """Hands out a live connection, and opens one when there is none.

    :param uri: libvirt's address of the hypervisor.
    :param opener: as ``libvirt.openAuth``.
    :param keepalive: by default, what is right for the URI.
    :param auth_callback: answers what libvirt asks for when a connection is opened;
        by default it is refused.
    :param call_timeout_s: how long a call waits for libvirt; see Calls.
    :param on_open: called with each new connection before anybody gets it; what it
        raises makes the opening fail.
    :param on_ready: called with each new connection once everybody may get it.
    :param on_close: called with each connection that is given up.
    :param on_lost: called with the reason, in libvirt's own thread; it must not
        block, log or use anything of eventlet.
    """

    def __init__(self, uri: str, read_only: bool = False, *, opener: Opener,
                 keepalive: KeepAlive | None = None,
                 auth_callback: AuthCallback | None = None,
                 open_timeout_s: float = 30,
                 call_timeout_s: float = CALL_TIMEOUT_S,
                 on_open: Callable[[libvirt.virConnect], None] = _nothing,
                 on_ready: Callable[[libvirt.virConnect], None] = _nothing,
                 on_close: Callable[[libvirt.virConnect], None] = _nothing,
                 on_lost: Callable[[str], None] = _nothing) -> None:
        self._uri = uri
        self._read_only = read_only
        self._opener = opener
        self._keepalive = keepalive or default_keepalive(uri)
        self._auth_callback = auth_callback or self._connect_auth_cb
        self._open_timeout_s = open_timeout_s
        #: Makes the calls of every connection.
        self.calls = libvirt_calls.Calls(call_timeout_s, self._nudge)
        self._on_open = on_open
        self._on_ready = on_ready
        self._on_close = on_close
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._link: _Link | None = None
        self._attempt: _Attempt | None = None
        self._reconnecting = False
        #: Connections one after the other that were of no use.
        self._short_lives = 0
        self._closed = threading.Event()

    # Getting it

    def get(self) -> libvirt.virConnect:
        """Return the live connection, opening one if there is none.

        :raises nova.exception.HypervisorUnavailable: if that fails or takes longer
            than the time allowed.
        """
        conn = self._test_connection(self._link)
        return conn if conn is not None else self._reopened()

    @staticmethod
    def _test_connection(link: _Link | None) -> libvirt.virConnect | None:
        """Return a link's connection if it lives, as far as this side knows."""
        return link.usable() if link is not None else None

    def _reopened(self) -> libvirt.virConnect:
        under_way = self._attempt
        attempt = self._joined_attempt()
        if attempt is under_way and attempt.has_failed(self._open_timeout_s):
            # It began before this caller asked: libvirt may be back since.
            attempt = self._joined_attempt()
        return attempt.result(self._open_timeout_s)

    def _joined_attempt(self) -> _Attempt:
        with self._lock:
            if self._closed.is_set():
                raise errors.hypervisor_unavailable(_('it was closed'))
            # Another attempt may have ended since this caller looked.
            if self._test_connection(self._link) is not None:
                return _Attempt.ended(self._link)
            return self._current_attempt()

    def _current_attempt(self) -> _Attempt:
        if self._attempt is None:
            self._attempt = _Attempt()
            try:
                threads.start(self._run_attempt, self._attempt)
            except RuntimeError as ex:  # no thread to be had
                self._attempt = None
                raise errors.hypervisor_unavailable(str(ex)) from ex
        return self._attempt

    def _run_attempt(self, attempt: _Attempt) -> None:
        """Try once; whatever happens, it ends for those who wait for it."""
        try:
            attempt.link = self._next_link()
        except libvirt.libvirtError as ex:
            attempt.error = errors.hypervisor_unavailable(errors.message_of(ex))
            attempt.error.__cause__ = ex
        except Exception as ex:  # noqa: BLE001  raised to all who wait
            attempt.error = ex
        finally:
            self._finish(attempt)

    def _next_link(self) -> _Link:
        old = self._link
        if old is not None:
            self._give_up_aside(old)
        self._pause_after(old)
        return self._get_new_connection()

    def _pause_after(self, old: _Link | None) -> None:
        """Let libvirtd rest where it ends each connection as soon as it is there."""
        if old is not None:
            lives = self._short_lives + 1 if old.had_short_life else 0
            self._short_lives = min(lives, _MAX_SHORT_LIVES)
        if self._short_lives:
            self._closed.wait(
                min(FIRST_PAUSE_S * 2 ** (self._short_lives - 1), MAX_PAUSE_S))

    def _finish(self, attempt: _Attempt) -> None:
        with self._lock:
            closed = self._closed.is_set()
            self._attempt, self._link = None, None if closed else attempt.link
        try:
            if closed and attempt.link is not None:
                attempt.error = errors.hypervisor_unavailable(_('it was closed'))
                self._give_up(attempt.link)
            elif attempt.link is not None:
                self._announce_or_lose(attempt, attempt.link)
        finally:
            attempt.done.set()

    def _announce_or_lose(self, attempt: _Attempt, link: _Link) -> None:
        try:
            self._announce(link)
        except BaseException as ex:  # noqa: BLE001  raised to all who wait
            attempt.error = ex if isinstance(ex, Exception) else (
                errors.hypervisor_unavailable(_('it was interrupted')))
            link.lose()  # and given up when the next one is opened

    def _announce(self, link: _Link) -> None:
        self._on_ready(link.conn)
        if link.lost:
            # The news of its loss came first, and would be taken for outdated.
            self._on_lost(_('it was lost at once'))

    # Opening and closing

    def _get_new_connection(self) -> _Link:
        LOG.debug('Connecting to libvirt: %s', self._uri)
        link = _Link(self._connect(self._uri, self._read_only), self.calls)
        try:
            self._prepare(link)
        except BaseException as ex:
            # They name the connection, which would be closed when the error is
            # dropped: by whoever got it, and not in a thread that may block.
            traceback.clear_frames(ex.__traceback__)
            self._give_up(link)
            raise
        return link

    def _prepare(self, link: _Link) -> None:
        conn: libvirt.virConnect = link.conn
        self._keep_alive(conn)
        conn.registerCloseCallback(self._close_callback, link)
        self._on_open(conn)

    def _connect(self, uri: str, read_only: bool) -> libvirt.virConnect:
        credentials = [libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_ECHOPROMPT,
                       libvirt.VIR_CRED_REALM, libvirt.VIR_CRED_PASSPHRASE,
                       libvirt.VIR_CRED_NOECHOPROMPT, libvirt.VIR_CRED_EXTERNAL]
        auth = [credentials, self._auth_callback, None]
        flags = libvirt.VIR_CONNECT_RO if read_only else 0
        return utils.tpool_wrap(self._opener)(uri, auth, flags)

    @staticmethod
    def _connect_auth_cb(creds: list[Any], opaque: Any) -> int:
        """Refuse what libvirt asks for: nobody is there to type a password."""
        return -1 if creds else 0

    def _keep_alive(self, conn: libvirt.virConnect) -> None:
        if self._keepalive is None:
            return
        try:
            conn.setKeepAlive(self._keepalive.interval_s, self._keepalive.count)
        except libvirt.libvirtError as ex:
            # Drivers in the client library have nobody to ask.
            if errors.is_disconnected(ex):
                raise

    def _close_callback(self, conn: libvirt.virConnect, reason: int,
                        link: _Link) -> None:
        """Note that a connection is gone; runs in libvirt's thread."""
        self._lose(link)
        if not self._closed.is_set():
            self._on_lost(CLOSE_REASONS.get(reason, str(reason)))

    def _give_up_aside(self, link: _Link) -> None:
        try:
            threads.start(self._give_up, link)
        except RuntimeError:  # no thread to be had
            self._give_up(link)

    def _give_up(self, link: _Link) -> None:
        """Free what a connection holds, in libvirt and in its daemon."""
        conn = link.conn
        if conn is None:
            return
        try:
            self._on_close(conn)
            with contextlib.suppress(
                    libvirt.libvirtError, exception.HypervisorUnavailable):
                # Fails for one that libvirt reported as closed: it let go by itself.
                conn.unregisterCloseCallback()
        finally:
            del conn
            utils.tpool_wrap(link).drop()

    def close(self) -> None:
        """Close the connection for good; an attempt under way comes to nothing."""
        with self._lock:
            self._closed.set()
            link, self._link = self._link, None
        if link is not None:
            threads.start(self._give_up, link).join(CLOSE_TIMEOUT_S)
        self.calls.close()

    def _nudge(self) -> bool:
        """Ask something that libvirtd answers at once; in a native thread.

        :returns: whether it was answered.
        """
        link = self._link
        raw = link.raw if link is not None else None
        if raw is None:
            return False
        try:
            raw.getLibVersion()
        except libvirt.libvirtError:
            return False
        return True

    # Losing it

    def suspect(self, conn: libvirt.virConnect, ex: Exception) -> None:
        """Do not hand out a connection again if its error says that it is gone."""
        link = self._link
        if link is None or link.conn is not conn or not errors.is_disconnected(ex):
            return
        self._lose(link)
        self.reconnect()

    def _lose(self, link: _Link) -> None:
        """Hand out a connection no more; from any thread."""
        link.lose()
        self.calls.disown()

    def reconnect(self) -> bool:
        """Try in the background, until there is a connection or it is closed.

        :returns: False where there is a connection already.
        """
        if self._test_connection(self._link) is not None:
            return False
        with self._lock:
            begin = not (self._reconnecting or self._closed.is_set())
            self._reconnecting |= begin
        if begin:
            self._begin_to_reconnect()
        return True

    def _begin_to_reconnect(self) -> None:
        try:
            threads.start(self._reconnect)
        except RuntimeError as ex:  # no thread to be had
            LOG.warning('Not reconnecting before somebody needs libvirt: %s', ex)
            self._reconnecting = False

    def _reconnect(self) -> None:
        while self._is_wanted():
            with contextlib.suppress(tenacity.RetryError):
                self._attempts()(self.get)

    def _is_wanted(self) -> bool:
        """Tell whether there still is no connection; note it if that is over."""
        with self._lock:
            closed = self._closed.is_set()
            self._reconnecting = not (closed or self._test_connection(self._link))
            return self._reconnecting

    def _attempts(self) -> tenacity.Retrying:
        return tenacity.Retrying(
            wait=tenacity.wait_random_exponential(0.1, max=MAX_PAUSE_S),
            stop=tenacity.stop_when_event_set(self._closed),
            sleep=tenacity.sleep_using_event(self._closed))

    # Versions

    def _versions(self) -> tuple[int, int, str]:
        conn, link = self.get(), self._link
        if link is not None and link.conn is not conn:
            link = None  # it was replaced meanwhile
        if link is not None and link.versions is not None:
            return link.versions
        found = (conn.getLibVersion(), conn.getVersion(), conn.getType())
        if link is not None:
            link.versions = found
        return found

    def _has_min_version(self, lv_ver: int | None = None, hv_ver: int | None = None,
                         hv_type: str | None = None) -> bool:
        """Tell whether libvirt and hypervisor are at least as new as asked.

        :param lv_ver: libvirt, as major * 1000000 + minor * 1000 + micro.
        :param hv_ver: the hypervisor, likewise.
        """
        return self._conn_has_min_version(self._versions(), lv_ver, hv_ver, hv_type)

    @staticmethod
    def _conn_has_min_version(versions: tuple[int, int, str], lv_ver: int | None,
                              hv_ver: int | None, hv_type: str | None) -> bool:
        libvirt_version, hypervisor_version, hypervisor_type = versions
        return ((lv_ver is None or libvirt_version >= lv_ver)
                and (hv_ver is None or hypervisor_version >= hv_ver)
                and (hv_type is None or hypervisor_type == hv_type))
