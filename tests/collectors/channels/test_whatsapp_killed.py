"""`sidak receive whatsapp`, killed with SIGKILL at any moment: what it answered with 200 is kept, once."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.standins.clock import StandInClock
from collectors.standins.whatsapp import WhatsAppStandIn
from sidak.app.house import House
from sidak.settings import Settings

from .conftest import CANARY, write_clearance

MESSAGES = 120
KILLS = 3


class Receiver:
    """The command in a process of its own."""

    def __init__(self, home: Path) -> None:
        write_clearance(home)
        clock = home / "clock.txt"
        clock.write_text("2026-11-20T03:00:00+00:00")
        environment = {
            **os.environ,
            "SIDAK_HOME": str(home),
            "SIDAK_CLOCK_FILE": str(clock),
            "SIDAK_PSEUDONYM_KEY": "k" * 32,
            "SIDAK_SOURCES__WHATSAPP__APP_SECRET": CANARY,
            "SIDAK_SOURCES__WHATSAPP__VERIFY_TOKEN": CANARY,
        }
        command = [sys.executable, "-m", "sidak.app", "receive", "whatsapp", "--port", "0"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.said = self.process.stderr.readline()
        found = re.search(r"http://\S+/whatsapp", self.said)
        assert found, self.said + self.process.stderr.read()
        self.url = found[0]

    def end(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=60)
        return said


def build_meta() -> WhatsAppStandIn:
    return WhatsAppStandIn(StandInClock(datetime(2026, 11, 20, 3, tzinfo=UTC)), app_secret=CANARY)


def push(meta: WhatsAppStandIn, url: str, answered: set[bytes]) -> None:
    """Deliver everything that waits over several connections; what is not answered with 200 goes on waiting."""
    left: list[bytes] = []

    def send(body: bytes) -> None:
        try:
            status = client.post(url, content=body, headers=meta.sign(body)).status_code
        except httpx.HTTPError:
            status = 0
        (answered.add if status == 200 else left.append)(body)

    with httpx.Client(timeout=20, trust_env=False) as client, ThreadPoolExecutor(4) as pool:
        list(pool.map(send, meta.waiting))
    meta.waiting = left


def kept(home: Path) -> list[dict[str, Any]]:
    import json

    house = House(Settings(home=home, pseudonym_key="k" * 32))
    try:
        stream = house.archive.stream("posts/whatsapp")
        return [json.loads(record) for entry in stream.segments() for record in stream.read(entry)]
    finally:
        house.close()


@pytest.mark.timeout(240)
def test_killed_between_receipt_and_answer_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    meta, rng, answered = build_meta(), random.Random(11), set[bytes]()
    for number in range(MESSAGES):
        meta.post(meta.write("text", {"body": f"aduan nomor {number}"}))
    for _ in range(KILLS):
        receiver = Receiver(tmp_path)
        killer = threading.Timer(rng.uniform(0.05, 0.6), receiver.process.kill)
        killer.start()
        push(meta, receiver.url, answered)
        killer.join()
        receiver.end(signal.SIGKILL)
        promised = {text for body in answered for text in texts(body)}
        assert promised <= {post["text"] for post in kept(tmp_path)}, "answered with 200, so it is kept"
    receiver = Receiver(tmp_path)
    while meta.waiting:
        push(meta, receiver.url, answered)
    for body in list(answered):  # and Meta delivers everything once more
        meta.waiting.append(body)
    push(meta, receiver.url, answered)
    receiver.end(signal.SIGINT)
    assert sorted(post["text"] for post in kept(tmp_path)) == sorted(f"aduan nomor {n}" for n in range(MESSAGES))


def texts(body: bytes) -> list[str]:
    return re.findall(r"aduan nomor \d+", body.decode())


def test_it_ends_in_order_and_tells_no_secret(tmp_path: Path) -> None:
    receiver = Receiver(tmp_path)
    meta = build_meta()
    meta.post(meta.write("text", {"body": "aduan nomor 1"}))
    push(meta, receiver.url, set())
    assert httpx.get(receiver.url, params={"hub.verify_token": CANARY}, trust_env=False).status_code == 403
    time.sleep(0.1)
    said = receiver.said + receiver.end(signal.SIGINT)
    assert receiver.process.returncode in {0, 130, -2}
    assert "Traceback" not in said
    assert CANARY not in said
    assert "TLS" in said
    house = House(Settings(home=tmp_path))
    runs = house.journal.runs(source="whatsapp")
    house.close()
    assert runs[0].outcome == "ok"
    assert sum(run.counts.get("new", 0) for run in runs) == 1


def test_without_clearance_the_command_says_so_and_listens_to_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "SIDAK_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "sidak.app", "receive", "whatsapp", "--port", "0"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no clearance is declared for whatsapp" in done.stderr
    assert "Traceback" not in done.stderr
