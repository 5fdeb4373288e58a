"""Trouble that is named, but is nobody's own: a person decides; and its near twins, that stay reports."""

from __future__ import annotations

import pytest

from nlp.components.category_points import Points
from nlp.components.places import locate
from nlp.components.signals import find_signals
from nlp.components.unwitnessed import goes_wrong_again, is_of_nobody, is_unwitnessed
from nlp.components.verdict import decide
from nlp.components.verdict_doubts import weigh_doubts
from nlp.findings import Findings
from nlp.reading import Reading
from sidak.models import Classification, Language


def findings(text: str, *, category: str = "jalan_rusak", points: float = 3.0) -> Findings:
    found = Findings(reading=Reading(text), language=Language(code="id", probability=1.0, model="test"))
    found.signals = find_signals(found.reading)
    found.location = locate(text)
    found.points = (Points(category, points, ()),)
    return found


@pytest.mark.parametrize(
    ("notice", "complaint"),
    [
        (
            "Petugas PDAM sedang memperbaiki pipa bocor di Jl Diponegoro, air kembali normal pukul 17.00",
            "Petugas PDAM sedang memperbaiki pipa bocor di Jl Diponegoro dari minggu lalu, air rumahku mati terus",
        ),
        ("DLH Kota Semarang mengangkut 3 ton sampah pagi ini", "DLH gak pernah mengangkut sampah di gang kami"),
        (
            "DPU menambal jalan berlubang hari ini, pengendara harap hati-hati",
            "Jalan baru ditambal DPU, tadi hampir jatuh",
        ),
        (
            "Penutupan ruas tol KM 428 untuk perbaikan jalan berlubang",
            "Ditutup sementara sampai kapan, tiap hari macet",
        ),
        ("Petugas Dishub mengganti lampu PJU yang padam", "Dishub kapan mengganti lampu PJU yang padam"),
    ],
)
def test_what_an_office_tells_of_its_own_works_is_no_complaint_about_them(notice: str, complaint: str) -> None:
    assert is_unwitnessed(findings(notice))
    assert not is_unwitnessed(findings(complaint))


@pytest.mark.parametrize(
    ("question", "report"),
    [
        (
            "Kalau jalannya bolong lapor kemana sih min? Buat tugas kuliah",
            "Jalan depan rumah saya bolong, lapor kemana min",
        ),
        (
            "Kalau ada lampu jalan mati lapor ke mana ya",
            "Lampu jalan di Jl Kartini mati, kalau begini lapor ke mana ya",
        ),
        ("Misal ada pungli lapornya ke mana ya", "Kalau malam lampu jalan mati, lapornya ke mana ya"),
        ("Got mampet itu urusan siapa, sekadar tanya", "Got kami mampet sudah sebulan, lapor ke siapa"),
    ],
)
def test_a_question_in_general_is_no_question_about_ones_own_trouble(question: str, report: str) -> None:
    assert is_unwitnessed(findings(question))
    assert not is_unwitnessed(findings(report))


@pytest.mark.parametrize(
    ("text", "category", "expected"),
    [
        ("Warung bakso antrinya lama", "pelayanan_lambat", True),
        ("Kafe itu pelayannya jutek", "pelayanan_buruk", True),
        ("Puskesmas depan warung bakso antrinya lama", "pelayanan_lambat", False),
        ("Warung bakso buang limbah ke got", "drainase", False),
        ("Petugas loket jutek, antri sampai warung", "pelayanan_buruk", False),
    ],
)
def test_slow_service_of_a_shop_is_private_what_it_does_to_the_street_is_not(
    text: str, category: str, expected: bool
) -> None:
    assert is_unwitnessed(findings(text, category=category)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dari tadi mau ganti foto profil susah banget sih", True),
        ("udah nunggu lama pakai macet segala", True),
        ("antre dari subuh, petugasnya malah ngobrol", False),
        ("kelurahan jam segini masih tutup", False),
        ("di puskesmas antre dari subuh", False),
    ],
)
def test_bad_service_of_nobody_that_is_named_is_left_to_a_person_in_chatter(text: str, expected: bool) -> None:
    found = findings(text, category="pelayanan_buruk")
    found.classification = Classification(model="test", kind="service", category="pelayanan_buruk", probability=0.9)
    assert is_of_nobody(found) is expected
    assert decide(found, 0.9, letter=0.0) is (None if expected else True)
    if expected:
        assert decide(found, 0.9, letter=0.99) is True
        found.lane = "addressed"
        assert decide(found, 0.9, letter=0.0) is True


@pytest.mark.parametrize(("hinted", "expected"), [("pelayanan_lambat", True), ("fasilitas_umum", False)])
def test_where_words_only_hint_one_hint_at_service_will_do(hinted: str, expected: bool) -> None:
    found = findings("warung bakso lama", category="ketertiban", points=0.3)
    found.points = (*found.points, Points(hinted, 0.15, ()))
    assert is_unwitnessed(found) is expected


@pytest.mark.parametrize(
    ("hearsay", "report"),
    [
        ("Temen gw di Surabaya cerita jalan depan rumahnya rusak", "Jalan depan rumah temenku rusak, tadi aku lewat"),
        ("Sepupuku di Bandung cerita sampah numpuk", "Sepupuku jatuh kena lubang tadi malam, tolong diperbaiki"),
        ("Mertua saya di Solo cerita sampah numpuk", "Mertua saya kemarin jatuh di lubang, sampai sekarang dibiarkan"),
        ("Kata orang jembatan di sana hampir roboh", "Kata orang mau diperbaiki tapi jalan masih rusak"),
        ("Denger-denger ada pungli bansos", "Katanya bansos gratis, saya diminta 50 ribu"),
    ],
)
def test_what_others_told_is_hearsay_what_the_writer_saw_is_not(hearsay: str, report: str) -> None:
    assert is_unwitnessed(findings(hearsay))
    assert not is_unwitnessed(findings(report))


@pytest.mark.parametrize(
    ("repaired", "again"),
    [
        ("Pipa bocor di Jl Veteran sudah diperbaiki", "Pipa di Jl Veteran sudah diperbaiki tapi sekarang bocor lagi"),
        ("Jalan berlubang akhirnya ditambal juga", "Jalan sudah ditambal tapi masih berlubang"),
        ("Pohon tumbang sudah dipotong", "Pohon sudah dipotong tapi kabelnya putus"),
    ],
)
def test_what_was_put_right_is_no_report_unless_something_is_wrong_after_it(repaired: str, again: str) -> None:
    assert decide(findings(repaired), 0.95, letter=0.0) is None
    assert decide(findings(again), 0.95, letter=0.0) is True
    assert goes_wrong_again(findings(again).signals)
    assert not goes_wrong_again(findings(repaired).signals)


@pytest.mark.parametrize("lane", ["overheard", "addressed"])
def test_a_person_decides_in_either_lane(lane) -> None:
    found = findings("DLH Kota Semarang mengangkut 3 ton sampah pagi ini", category="sampah")
    found.lane = lane
    assert decide(found, 0.9, letter=0.0) is None


def test_what_never_came_is_trouble_though_no_fault_is_named() -> None:
    text = "Desa kami tidak pernah dialiri listrik, kapan kami"
    assert weigh_doubts(True, findings(text), chatter=True) is True
    assert weigh_doubts(True, findings("kapan desa kami dibangun"), chatter=True) is False


def test_thanks_in_advance_are_left_to_a_person_and_few_words_may_name_a_category() -> None:
    text = "mohon dipasang polisi kejut, terima kasih banyak"
    found = findings(text)
    found.points = ()
    assert decide(found, 0.9, letter=1.0) is None
    few = findings("penarikan uang pangkal")
    few.points = ()
    assert decide(few, 0.9, letter=1.0) is False
    few.classification = Classification(model="test", category="pungli", kind="misconduct")
    assert decide(few, 0.9, letter=1.0) is True
    assert decide(few, 0.9, letter=0.5) is False
    few.lane = "addressed"
    assert decide(few, 0.9, letter=0.5) is True


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Pemkot Perbaiki 20 Titik Jalan Berlubang, Target Rampung Akhir Tahun", None),
        ("Jalan Depan Rumah Saya Berlubang Sudah Dua Bulan, Tolong Diperbaiki", True),
    ],
)
def test_what_is_cast_like_a_headline_needs_a_witness(text: str, verdict: bool | None) -> None:
    assert decide(findings(text), 0.9, letter=0.0, headline=True) is verdict
