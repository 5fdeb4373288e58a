"""What speaks against a report in so many words, whatever the weights make of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nlp.components.category_points import Points
from nlp.components.places import locate
from nlp.components.signals import find_signals
from nlp.components.verdict import decide
from nlp.components.verdict_doubts import is_witnessed, weigh_doubts
from nlp.findings import Findings
from nlp.lexicon import kind_of
from nlp.reading import Reading
from sidak.models import Classification, Language


def findings(text: str, *, language: str = "id") -> Findings:
    found = Findings(reading=Reading(text), language=Language(code=language, probability=1.0, model="test"))
    found.signals = find_signals(found.reading)
    found.location = locate(text)
    return found


def labels(text: str) -> set[str]:
    return {each.label for each in find_signals(Reading(text))}


@pytest.mark.parametrize(
    "text",
    [
        "jalan tol di Malaysia berlubang parah",
        "banjir Bangkok belum surut",
        "gempa Turki, jembatan roboh",
        "Kuala Lumpur mati lampu satu kota",
    ],
)
def test_trouble_abroad_is_no_report_unless_a_place_here_is_named(text: str) -> None:
    assert weigh_doubts(True, findings(text), chatter=True) is False
    assert weigh_doubts(True, findings(text), chatter=False) is False
    assert weigh_doubts(True, findings(f"{text}, di Purbalingga juga"), chatter=True) is True


def test_a_witness_abroad_is_left_to_a_person() -> None:
    assert weigh_doubts(True, findings("apartemen saya di Taiwan bocor"), chatter=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "jalan kampung saya kayak habis perang di Gaza, berlubang semua",
        "lampu buatan China ini cepat mati",
        "got depan toko Miami mampet",
        "perumahan Florida kebanjiran",
    ],
)
def test_comparisons_makes_and_names_of_shops_are_not_abroad(text: str) -> None:
    assert "ABROAD" not in labels(text)
    assert weigh_doubts(True, findings(text), chatter=True) is True


@pytest.mark.parametrize(
    "text",
    [
        "apakah jalan itu masih dibangun",
        "tidak ada banjir, warga senang",
        "dinas melaksanakan kegiatan pemeliharaan rutin, petugas kami membersihkan got yang mampet",
    ],
)
def test_chatter_that_names_nothing_wrong_or_denies_it_is_no_report(text: str) -> None:
    assert weigh_doubts(True, findings(text), chatter=True) is False


def test_a_fear_without_a_witness_is_left_to_a_person() -> None:
    assert weigh_doubts(True, findings("jangan sampai jembatan itu roboh"), chatter=True) is None
    assert weigh_doubts(None, findings("jangan sampai jembatan itu roboh"), chatter=True) is False


@pytest.mark.parametrize("language", ["jv", "mad", "su"])
def test_a_witness_in_another_language_is_believed_though_the_lexicons_know_no_fault(language: str) -> None:
    assert weigh_doubts(True, findings("pernah di depan rumah saya", language=language), chatter=True) is True


def test_what_is_a_no_stays_one_and_a_letter_is_weighed_by_its_wording() -> None:
    assert weigh_doubts(False, findings("jalan rusak di depan rumah saya"), chatter=True) is False
    assert weigh_doubts(True, findings("apakah jalan itu masih dibangun"), chatter=False) is True


def test_who_writes_to_the_office_is_heard_whatever_the_wording() -> None:
    found = findings("apakah jalan itu masih dibangun")
    found.lane = "addressed"
    assert weigh_doubts(True, found, chatter=True) is True


@pytest.mark.parametrize(
    ("text", "praise"),
    [("petugasnya ramah", True), ("petugasnya tidak ramah", False), ("tidak puas sama sekali", False)],
)
def test_praise_that_is_denied_is_none(text: str, praise: bool) -> None:
    assert ("PRAISE" in labels(text)) is praise


@pytest.mark.parametrize(
    ("points", "category", "named", "probability", "verdict"),
    [
        (0.3, "air_bersih", 0.8, 0.5, None),
        (0.3, "air_bersih", 0.8, 0.7, True),
        (0.3, "air_bersih", 0.4, 0.7, None),
        (0.3, None, 0.0, 0.9, None),
        (2.0, "air_bersih", 0.4, 0.5, True),
        (2.0, None, 0.0, 0.5, True),
        (0.3, "pungli", 0.6, 0.5, True),
        (0.3, "pungli", 0.4, 0.5, None),
    ],
)
def test_an_overheard_post_that_hardly_names_any_trouble_must_be_likelier(
    points, category, named, probability, verdict
) -> None:
    found = findings("bau pandan menyengat di tangga")
    found.points = (Points("air_bersih", points, ()),)
    kind = kind_of(category) if category else None
    found.classification = Classification(model="test", kind=kind, category=category, probability=named)
    assert decide(found, probability, letter=0.0) is verdict


@pytest.mark.parametrize(
    ("text", "verdict"), [("halo min", False), ("selamat pagi semuanya", False), ("sama min, di sini juga", None)]
)
def test_a_few_words_that_name_nothing_are_no_report_however_likely(text: str, verdict: bool | None) -> None:
    assert decide(findings(text), 0.9, letter=0.0) is verdict


@pytest.mark.parametrize(("probability", "verdict"), [(0.5, False), (0.9, None)])
def test_looks_that_are_sure_are_not_overruled_by_single_words_unless_it_is_abroad(
    probability: float, verdict: bool | None
) -> None:
    ironic = findings("luar biasa, jalan selatan membuat muatan saya tinggal separuh")
    assert decide(ironic, probability, letter=0.0) is verdict
    assert decide(findings("jalan tol di Malaysia berlubang parah"), probability, letter=0.0) is False


def test_right_behind_an_office_perbaiki_asks_for_nothing() -> None:
    assert not is_witnessed(findings("Pemkot perbaiki 20 titik jalan berlubang"))
    assert is_witnessed(findings("segera perbaiki jalan berlubang ini"))


def test_an_advert_worded_like_a_letter_is_left_to_a_person_unless_a_witness_speaks() -> None:
    advert = "jual tutup got beton, solusi selokan ambrol"
    assert weigh_doubts(True, findings(advert), chatter=False) is None
    assert weigh_doubts(True, findings(f"{advert}, got depan rumah saya ambrol"), chatter=False) is True


def _answered(odds: float) -> Callable[[], float]:
    return lambda: odds


@pytest.mark.parametrize(
    ("probability", "odds", "letter", "verdict"),
    [
        (0.9, 2.0, 0.9, True),
        (0.9, -0.5, 0.9, None),
        (0.7, 2.0, 0.9, None),
        (0.9, 2.0, 0.05, None),
    ],
)
def test_what_words_left_to_a_person_is_settled_by_an_encoder_that_is_sure_as_well(
    probability: float, odds: float, letter: float, verdict: bool | None
) -> None:
    unnamed = findings("bau pandan menyengat di tangga, sudah tiga kali kami sampaikan ke pengelola rusun")
    unnamed.classification = Classification(model="test", kind=None, category=None, probability=0.0)
    assert decide(unnamed, probability, letter=letter) is None
    assert decide(unnamed, probability, letter=letter, second=odds) is verdict
    assert decide(unnamed, probability, letter=letter, ask=_answered(odds)) is verdict


def test_a_question_stays_with_a_person_however_sure_all_looks_are() -> None:
    asks = findings("apa saja syarat mengurus ktp di kantor kelurahan?")
    asks.classification = Classification(model="test", kind="service", category="pelayanan_buruk", probability=0.9)
    assert "QUESTION" in {each.label for each in asks.signals}
    assert decide(asks, 0.95, letter=0.9, second=6.0) is None


def test_an_overheard_letter_that_the_encoder_is_sure_reports_nothing_is_left_to_a_person() -> None:
    told = findings("mohon segera diperbaiki, jalan di depan pasar berlubang sejak bulan lalu")
    told.points = (Points("jalan_rusak", 3.0, ()),)
    told.classification = Classification(model="test", kind="damage", category="jalan_rusak", probability=0.9)
    assert decide(told, 0.9, letter=0.9, second=2.0) is True
    assert decide(told, 0.9, letter=0.9, second=-9.0) is None
    assert decide(told, 0.9, letter=0.05, second=-9.0) is True
