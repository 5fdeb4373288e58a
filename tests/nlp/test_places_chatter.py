"""Places in chatter: streets, neighbourhoods and landmarks in small letters, and the same words where none is meant."""

from __future__ import annotations

import pytest

from nlp.areas import area_label, is_area, is_within
from nlp.components.places import locate
from nlp.personal_data.names import find_names
from nlp.places.landmarks import load_landmarks
from nlp.places.words import load_aliases
from sidak.models import Location


def named(location: Location, type: str) -> list[str]:
    return [place.text for place in location.places if place.type == type]


def codes(text: str) -> list[str]:
    return [place.code for place in locate(text).places if place.code]


@pytest.mark.parametrize(
    ("text", "road"),
    [
        ("di jalan teratai got mampet lagi", "jalan teratai"),
        ("jalan cakalang lampunya mati semua", "jalan cakalang"),
        ("min jalan yos sudarso ambles tuh", "jalan yos sudarso"),
        ("lampu jalan diponegoro padam", "jalan diponegoro"),
        ("jalan h. somad gelap gulita", "jalan h. somad"),
        ("daerah jalan kopi banjir selutut", "jalan kopi"),
        ("macet banget lewat gatsu tadi", "gatsu"),
        ("dari thamrin sampe rumah kehujanan", "thamrin"),
        ("tol jagorawi aspalnya ngelupas", "tol jagorawi"),
        ("di ring road selatan lampunya mati", "ring road selatan"),
        ("motor jatoh di suramadu kena angin", "suramadu"),
        ("jalan pasar minggu bolong gede", "jalan pasar minggu"),
    ],
)
def test_streets_are_known_in_small_letters(text: str, road: str) -> None:
    location = locate(text)
    assert road in named(location, "road")
    assert location.placed


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("lampu merah tebet mati dari tadi", "31.74"),
        ("banjir di duren sawit sampe masuk rumah", "31.75"),
        ("lewatin tanah abang macet total", "31.71"),
        ("sampah numpuk di bsd", "36.74"),
        ("jalanan cileungsi ancur", "32.01"),
        ("kejebak di nangor ga bisa pulang", "32.11"),
        ("di buah batu mati lampu", "32.73"),
        ("hujan deres di antapani pohon tumbang", "32.73"),
        ("di bekasi timur air pam mati", "32.75"),
        ("macet di panam udah sejam", "14.71"),
        ("galian di meruya ga ditutup", "31.73"),
        ("lubang di gejayan bikin jatoh", "34.04"),
        ("di padang bulan sampah ga diangkut", "12"),
    ],
)
def test_neighbourhoods_are_known_by_what_people_call_them(text: str, within: str) -> None:
    assert any(is_within(code, within) for code in codes(text))
    assert locate(text).placed


@pytest.mark.parametrize(
    ("text", "landmark", "code"),
    [
        ("toilet gbk jorok banget", "gbk", "31.71"),
        ("di monas lampunya mati", "monas", "31.71"),
        ("depan undip jalannya bolong", "undip", "33.74"),
        ("parkir liar di gasibu", "gasibu", "32.73"),
        ("copet di jam gadang", "jam gadang", "13.75"),
    ],
)
def test_landmarks_are_known_by_their_own_name(text: str, landmark: str, code: str) -> None:
    location = locate(text)
    assert landmark in named(location, "landmark")
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "jalan rusak parah dari dulu",
        "jalan jalan ke mana aja asal jangan macet",
        "lampu jalan mati udah lama",
        "lampu jalan mlempem banget",
        "jalan hidup ga ada yang tau",
        "lewat depan rumah ada truk gede",
        "di rumah mati lampu",
        "ke kantor kehujanan",
        "jalan baru diaspal udah bolong",
        "lalu lintas semrawut",
        "masuk gang kecil gelap banget",
        "lampu merah mati semua nyelonong",
        "lampu merah Ternyata mati",
        "anak itb demo lagi",
        "kata halim besok libur",
        "pak sudirman ga pernah rapat",
        "ikan cakalang mahal",
        "bunga teratai layu semua",
        "sampe sekarang belum ada tindakan",
        "pulang kerja kehujanan",
        "jalan jabar rusak",
        "pemprov dki ga kerja",
    ],
)
def test_the_same_words_name_no_place_where_none_is_meant(text: str) -> None:
    assert not locate(text).placed


@pytest.mark.parametrize(
    ("text", "placed"),
    [("jakarta gelap banget", True), ("jogja macet", True), ("diy", False), ("rapat #JogjaMaju hari ini", False)],
)
def test_a_province_that_is_a_city_to_those_who_live_there_is_a_place_to_go_to(text: str, placed: bool) -> None:
    assert locate(text).placed is placed


def test_a_name_of_many_places_is_shown_with_the_others() -> None:
    (place,) = [each for each in locate("banjir di desa Sidomulyo").places if each.type == "area"]
    assert place.probability is not None
    assert place.probability < 0.15
    assert place.alternatives


def test_a_name_that_is_also_a_city_s_with_a_direction_is_a_street_s_where_the_city_is_a_word() -> None:
    assert not any(is_within(code, "33.76") for code in codes("jalan keputih Tegal Timur berlubang"))


def test_a_part_of_a_name_that_every_city_has_is_not_the_one_that_is_known() -> None:
    assert not any(is_within(code, "31") for code in codes("got depan taman pondok indah mampet"))


@pytest.mark.parametrize("text", ["Titip lewat Sudirman Hidayat ya", "Lapor ke Bapak Juanda Saputra"])
def test_a_person_who_bears_a_street_s_name_stays_masked(text: str) -> None:
    assert locate(text).places == ()
    assert find_names(text)


@pytest.mark.parametrize("alias", load_aliases(), ids=lambda alias: f"{alias[0]}-{alias[1]}")
def test_what_people_call_an_area_has_a_code_and_says_so_as_texts_are_folded(alias: tuple[str, str, bool]) -> None:
    name, code, _ = alias
    assert is_area(code)
    assert name == name.lower().strip()


def test_landmarks_have_codes_of_areas_that_hold_all_of_them() -> None:
    for name, each in load_landmarks().items():
        assert not each.code or area_label(each.code) != each.code, name
        assert name == " ".join(name.lower().split())


FOUND = """\
jalan kedondong raya bekas galian pipa ga ditutup lagi, motor pada jatoh
di jalan cemara dua hari ini air pdam keruh terus
lewat jalan imam munandar tadi malem gelap gulita
pohon gede roboh nutupin jalan tenggiri sampe mobil muter
jalan wr soeprapto genangannya sedengkul dewasa
min tolong dong jalan kh zainal mustofa trotoarnya ambrol
lampu di jalan sriwijaya mati dari kemaren
ini jalan taman siswa kok lubangnya makin banyak sih
jalan hj aisyah depan toko sembako banjir mulu
di perempatan adi sucipto lampunya kedip kedip doang
macet parah arah pettarani gara2 galian
dari tadi nunggu angkot di depan unsoed, jalannya becek bgt
gila lewat cempaka putih banjir semua
temen gw rumahnya di tanjung duren, udah 3 hari mati lampu
kejebak banjir di rawamangun, motor mogok
sampah numpuk di sekitar cihampelas udah seminggu
barusan lewat ngaliyan pohon tumbang nutup jalan
di sukolilo dari pagi listrik padam
arah purwokerto selatan jalannya ancur
nyampe cengkareng timur macet total banjir
sekitaran kaliurang bawah mati lampu semua
dari ubung kaja sampe sini jalanan bolong
di bekasi selatan got mampet bau banget
kali angke meluap lagi masuk rumah warga
tol cipali km sekian aspalnya mengelupas
ring road barat truk mogok bikin macet
di stasiun tawang atapnya bocor parah
depan plaza medan fair ada galian ga ditutup
kmrn ke mall ratu indah liftnya mati
di terminal kampung rambutan preman minta duit
"""
NOWHERE = """\
jalan rusak parah dari dulu ga pernah dibenerin
jalan jalan ke mana aja asal jangan macet
lampu jalan mati udah seminggu lapor ga digubris
jalan hidup emang ga ada yang tau
lewat depan rumah ada truk gede tiap malem
di rumah mati lampu dari subuh
ke kantor basah kuyup gara2 banjir
jalan kaki aja lebih cepet daripada naik motor
pohon mangga depan kos tumbang kena angin
makan melati? ga lah itu bunga
ikan tongkol mahal banget sekarang
jalan gede mulus jalan kampung ancur
tolong lah jalan dibenerin jangan cuma janji
nyari jalan tengah biar sama sama enak
udah jalan sejam masih macet aja
lampu merah mati semua orang nyelonong
sampe sekarang belum ada tindakan
dari kemaren air mati mulu capek
jalanan licin hati hati ya gaes
pulang kerja kehujanan motor mogok
arah sebaliknya malah lancar
pas lewat tikungan hampir jatoh lubang gede
gang sempit gini truk masih aja masuk
jalan pelan pelan takut kejeblos
di pasar becek banget ga ada yang ngurus
sekitar sini sering mati lampu tiap ujan
pak sudirman ketua rt kami ga pernah rapat
merpati tetangga kabur semua kena petir
jalan baru dibikin udah bolong lagi
lalu lintas semrawut polisi ga ada
"""


def test_most_places_of_made_up_chatter_are_found_and_hardly_one_where_none_is() -> None:
    assert sum(locate(text).placed for text in FOUND.splitlines()) >= 24
    assert sum(locate(text).placed for text in NOWHERE.splitlines()) <= 1
