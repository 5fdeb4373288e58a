"""What inspectors call things: every Indonesian word for a value stands here or comes from the stage that owns it."""

from __future__ import annotations

from typing import cast

import msgspec

from index.document import Document
from index.states import LABELS, state_colour, state_label
from nlp.taxonomy import categories, kind_labels
from sidak.models import TriageState

SOURCES = {
    "x": "X (Twitter)",
    "reddit": "Reddit",
    "files": "Berkas impor",
    "youtube": "YouTube",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "whatsapp": "WhatsApp",
    "tiktok": "TikTok",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "telegram": "Telegram",
    "news": "Berita",
}
LANES = {"addressed": "Ditujukan ke kantor", "overheard": "Terpantau di ruang publik"}
REVIEWS = {"true": "Perlu keputusan petugas", "false": "Sudah terbaca sistem"}
POST_KINDS = {
    "post": "unggahan",
    "comment": "komentar",
    "video": "video",
    "article": "artikel",
    "message": "pesan",
    "complaint": "aduan",
}
EVIDENCE = {
    "relevance": "laporan langsung",
    "report": "laporan langsung",
    "kind": "jenis",
    "category": "kategori",
    "place": "tempat",
    "area": "tempat",
    "location": "tempat",
    "office": "instansi",
    "project": "proyek",
    "amount": "nilai uang",
    "urgency": "kemendesakan",
}
PLACE_TYPES = {"area": "wilayah", "road": "ruas jalan", "landmark": "tempat umum"}
LEVELS = {"provinsi": "Provinsi", "kabkota": "Kabupaten/kota", "kecamatan": "Kecamatan", "kelurahan": "Desa/kelurahan"}
INCIDENT_LINKS = {
    "new": "laporan pertama",
    "confirmed": "kejadian yang sama",
    "suggested": "mungkin kejadian yang sama",
}
PERSONAL_DATA = {
    "PHONE": "nomor telepon",
    "IMEI": "nomor IMEI",
    "NIK": "NIK",
    "KK": "nomor KK",
    "NPWP": "NPWP",
    "NIP": "NIP",
    "SIM": "nomor SIM",
    "PASSPORT": "nomor paspor",
    "EMAIL": "surel",
    "PLATE": "nomor kendaraan",
    "ACCOUNT": "nomor rekening",
    "CARD": "nomor kartu",
    "NAME": "nama orang",
    "HANDLE": "nama akun",
    "SOCIAL_URL": "tautan akun",
    "BIRTH_DATE": "tanggal lahir",
    "ADDRESS": "alamat",
    "IP": "alamat IP",
}
WARNINGS = {
    "nul_replaced": "Teks asli memuat karakter kosong; sudah diganti.",
    "surrogates_replaced": "Teks asli memuat karakter rusak; sudah diganti.",
    "text_cut": "Teks asli terlalu panjang dan dipotong saat diterima.",
    "date_unreadable": "Waktu unggahan tidak terbaca; yang tampil adalah waktu diambil.",
    "date_in_future": "Sumber menyebut waktu di masa depan; yang tampil adalah waktu diambil.",
    "date_too_old": "Sumber menyebut waktu yang tidak masuk akal; yang tampil adalah waktu diambil.",
    "superseded": "Unggahan ini sudah disunting; ada versi yang lebih baru di sumbernya.",
    "careless_quotes": "Tanda kutip di berkas asal tidak rapi; periksa apakah teksnya utuh.",
    "url_dropped": "Tautan sumber di berkas asal tidak berlaku dan tidak disimpan.",
}
FILTERED = {
    "gate": "jelas bukan laporan",
    "empty": "kosong",
    "language": "bahasa lain",
    "advert": "iklan",
    "news": "berita",
    "not_report": "bukan laporan langsung",
    "deleted": "sudah dihapus di sumbernya",
}
FACET_TITLES = {
    "kind": "Jenis",
    "category": "Kategori",
    "area": "Wilayah",
    "source": "Sumber",
    "lane": "Kanal",
    "state": "Status",
    "review": "Pembacaan",
}
URGENT, VERY_URGENT = 0.25, 0.5
"""A stated danger or a casualty is urgent, two such reasons are very urgent (weights: nlp/components/urgency.py)."""
WORDS = {"all": "Semua kata", "some": "Sebagian kata"}
SORTS = {"urgent": "Paling mendesak", "newest": "Terbaru", "relevance": "Paling cocok"}


class Badge(msgspec.Struct, frozen=True, kw_only=True):
    """A word with a colour: the colour never says anything that the word does not."""

    text: str
    colour: str


def category_label(category: str | None) -> str:
    """Return a category's label, the id itself where the taxonomy no longer has it."""
    known = categories().get(category or "")
    return known.label if known else category or "Belum berkategori"


def headline(document: Document) -> str:
    """Return a report's title, which always says that it is alleged."""
    if document.category:
        label = category_label(document.category)
    elif document.kind:
        label = kind_labels().get(document.kind, document.kind)
    else:
        return "Dugaan laporan, belum berkategori"
    return label if label.startswith("Dugaan") else f"Dugaan: {label}"


def state_badge(state: str) -> Badge:
    """Return a state's name and colour."""
    if state not in LABELS:
        return Badge(text=state, colour="red")
    known = cast("TriageState", state)
    return Badge(text=state_label(known), colour=state_colour(known))


def urgency_badge(urgency: float) -> Badge:
    """Return how soon somebody should look, in words and colour."""
    if urgency >= VERY_URGENT:
        return Badge(text="Sangat mendesak", colour="red")
    if urgency >= URGENT:
        return Badge(text="Mendesak", colour="yellow")
    return Badge(text="Biasa", colour="grey")


def facet_label(facet: str, value: str, area_names: dict[str, str]) -> str:
    """Return what a facet's value is called."""
    tables = {
        "kind": kind_labels(),
        "source": SOURCES,
        "lane": LANES,
        "review": REVIEWS,
        "state": cast("dict[str, str]", dict(LABELS)),
        "area": area_names,
    }
    return category_label(value) if facet == "category" else tables[facet].get(value, value)
