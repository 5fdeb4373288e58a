"""Serves the webhook of WhatsApp; beside it, now and then, notes what came and destroys what was taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import uvicorn
from starlette.applications import Starlette

from collectors.clearance import explain_clearance, load_clearances
from collectors.protocol import ParseContext
from collectors.questions import check_lane
from collectors.registry import find_source
from collectors.whatsapp.inbox import Inbox, Tally
from collectors.whatsapp.webhook import PATH, Webhook
from sidak.app.collect import forget_deleted
from sidak.app.deployment import load_deployment
from sidak.app.house import House
from sidak.app.output import say
from sidak.app.serve import open_listener
from sidak.app.signals import FIELD
from sidak.clock import Clock, open_clock
from sidak.errors import RetryError, StopError
from sidak.journal import Run, RunOutcome
from sidak.settings import Settings

SOURCE = "whatsapp"
BEAT_SECONDS = 300.0
"""How often the journal is told that the receiver lives: silence there is a gap."""
MAX_AT_ONCE = 256
"""Requests under way; Meta delivers again what is turned away."""


def serve_webhook(*, host: str, port: int) -> None:
    """Serve until interrupted; raises ClearanceError or StopError where nothing may or can be taken in."""
    settings = load_deployment()
    clock = open_clock(settings)
    credentials = check_lane(SOURCE, "addressed", settings, now=clock())
    house = House(settings, clock=clock)
    keeper = Keeper(settings, clock=clock)
    try:
        app, tally = build_webhook(house, credentials=credentials, on_deleted=keeper.wake)
        listener = open_listener(host, port)
        say(f"whatsapp: http://{host}:{listener.getsockname()[1]}{PATH}  (put TLS in front; stop with Ctrl-C)")
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, limit_concurrency=MAX_AT_ONCE
        )
        keeper.start(tally)
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        keeper.stop()
        house.close()


def build_webhook(
    house: House, *, credentials: dict[str, str], on_deleted: Callable[[], None]
) -> tuple[Starlette, Tally]:
    """Return the ASGI application over a house, and the counts that it keeps."""
    source = find_source(SOURCE)
    clearances = load_clearances(house.settings.clearance_path)
    inbox = Inbox(house.intake, ParseContext(pseudonymize=house.pseudonymizer), on_deleted=on_deleted)
    webhook = Webhook(
        inbox,
        app_secret=credentials["app_secret"],
        verify_token=credentials["verify_token"],
        why_not=lambda: explain_clearance(source, "addressed", clearances=clearances, now=house.clock()),
        clock=house.clock,
    )
    return webhook.build_app(), inbox.tally


class Keeper:
    """A thread of its own, in a house of its own, so that no answer waits for the index or for a deletion."""

    def __init__(self, settings: Settings, *, clock: Clock, beat_seconds: float = BEAT_SECONDS) -> None:
        self._settings = settings
        self._clock = clock
        self._beat_seconds = beat_seconds
        self._woken = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self, tally: Tally) -> None:
        """Begin; what an earlier receiver left to be destroyed is destroyed first."""
        self._thread = threading.Thread(target=self._run, args=(tally,), name="whatsapp-keeper")
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Something was taken back: do not wait for the next beat."""
        self._woken.set()

    def stop(self) -> None:
        """Do it a last time and end."""
        self._stopping = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, tally: Tally) -> None:
        house = House(self._settings, clock=self._clock)
        began = self._clock()
        try:
            while True:
                self._woken.wait(self._beat_seconds)
                self._woken.clear()
                last = self._stopping
                began = self._beat(house, tally, began=began)
                if last:
                    return
        finally:
            house.close()

    def _beat(self, house: House, tally: Tally, *, began: datetime) -> datetime:
        """Destroy and note; a failure is told and waits for the next beat."""
        now = self._clock()
        outcome: RunOutcome = "ok"
        message, deleted = "", 0
        try:
            deleted = forget_deleted(house, SOURCE)
        except RetryError as exc:
            outcome, message = "retry", str(exc)
        except StopError as exc:
            outcome, message = "stopped", str(exc)
        if tally.unknown_fields:
            message = "; ".join(filter(None, [message, f"unknown fields: {', '.join(sorted(tally.unknown_fields))}"]))
        counts = {**tally.take(), "deleted": deleted}
        try:
            house.journal.write(
                Run(
                    stage="collect", source=SOURCE, started_at=began, ended_at=now,
                    outcome=outcome, message=message, counts=counts,
                    notes=tuple(f"{FIELD}{name}" for name in sorted(tally.unknown_fields)),
                )
            )  # fmt: skip
        except StopError as exc:
            say(f"sidak: {exc}")
        if outcome != "ok":
            say(f"sidak: {SOURCE}: {message}")
        return now
