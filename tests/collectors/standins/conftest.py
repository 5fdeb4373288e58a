"""A tiny scenario for exact counts, the whole one for realism, and the real clients pointed at both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import praw
import prawcore
import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from collectors.standins.app import StandIns

PATIENCE_SECONDS = 30  # a busy machine is no fault: only a fault may run into a timeout
END = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

X_ROWS = "\n".join(
    f'{{ by = "warga_{n}", ago = "{n}h", truth = "report jalan_rusak", text = "jalan rusak nomor {n}" }},'
    for n in range(1, 26)
)
SCENARIO = {
    "x.toml": f"""
platform = "x"
posts = [
{X_ROWS}
{{ key = "lama", by = "sopir", ago = "10d", truth = "report pungli", text = "pungli di timbangan @InspektoratUji" }},
{{ key = "ubah", by = "tukang_ubah", ago = "3d10m", truth = "report banjir", text = "banjir pertama", edits = [{{ ago = "3d5m", text = "banjir kedua" }}, {{ ago = "2d23h45m", text = "banjir ketiga & < 3" }}] }},
{{ key = "hapus", by = "penghapus", ago = "4d", deleted = "2d", truth = "report banjir", text = "banjir dihapus" }},
{{ by = "panjang", ago = "5d", truth = "report sampah", place = "Batang, Indonesia", text = "{"sampah numpuk " * 40}" }},
{{ by = "pengulang", ago = "2d1h", truth = "noise repost", repost_of = "ubah", text = "RT" }},
{{ by = "pembalas", ago = "2d", truth = "noise chatter", reply_to = "ubah", text = "@tukang_ubah banjir di mana?" }},
{{ by = "londo", ago = "1d1h", lang = "en", truth = "noise abroad", text = "Flooded #banjir" }},
]
""",
    "reddit.toml": """
platform = "reddit"
posts = [
"""
    + "\n".join(
        f'{{ by = "u{n}", ago = "{n}h", truth = "noise chatter", sub = "semarang", title = "judul {n}", text = "isi {n}" }},'
        for n in range(1, 31)
    )
    + """
{ key = "s", by = "warga", ago = "6d", truth = "report banjir", sub = "indonesia", title = "Banjir <rob>", text = "asli & awal", edits = [{ ago = "3d", text = "sudah diubah" }] },
{ key = "d", by = "takut", ago = "5d", deleted = "2d", truth = "report pungli", sub = "indonesia", title = "Pungli", text = "rahasia" },
{ key = "m", by = "nakal", ago = "4d12h", removed = "2d", truth = "report pungli", sub = "indonesia", title = "Spill", text = "nomor" },
{ key = "c", by = "tetangga", ago = "4d", truth = "noise chatter", reply_to = "s", text = "sama" },
{ by = "cucu", ago = "3d", truth = "noise chatter", reply_to = "c", text = "iya" },
]
""",
}


class Reroute(HTTPAdapter):
    """Sends what was meant for the platform to the stand-in."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = urlsplit(base)

    def send(self, request, timeout=None, **options):
        parts = urlsplit(request.url)
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        return super().send(request, timeout=timeout or PATIENCE_SECONDS, **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "kecil"
    target.mkdir()
    for name, text in SCENARIO.items():
        (target / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def standins(folder: Path) -> Iterator[StandIns]:
    with StandIns(end=END, scenario="kecil", folder=folder) as running:
        yield running


@pytest.fixture
def x_client(standins: StandIns) -> Iterator[tweepy.Client]:
    yield from build_x_client(standins)


def build_x_client(standins: StandIns) -> Iterator[tweepy.Client]:
    client = tweepy.Client(bearer_token="rahasia", return_type=requests.Response)
    client.session.trust_env = False
    client.session.mount("https://api.twitter.com", Reroute(standins.x_url))
    with client.session:
        yield client


@pytest.fixture
def reddit_client(standins: StandIns) -> Iterator[praw.Reddit]:
    class Impatient(prawcore.Requestor):
        def request(self, *args, timeout=None, **options):
            return super().request(*args, timeout=PATIENCE_SECONDS, **options)

    with requests.Session() as session:
        session.trust_env = False
        yield praw.Reddit(
            client_id="id",
            client_secret="sandi",
            user_agent="linux:sidak-test:v0 (by /u/contoh)",
            oauth_url=standins.reddit_url,
            reddit_url=standins.reddit_url,
            check_for_updates=False,
            requestor_class=Impatient,
            requestor_kwargs={"session": session},
        )
