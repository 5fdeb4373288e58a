"""Places: which area is meant, what is only a word, roads and landmarks, and that any text can be read."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

import nlp.components.places
from nlp.areas import is_area, is_within
from nlp.components.places import locate
from sidak.models import Location, Place, PlaceHint

BATANG, SURABAYA, JAWA_TENGAH = "33.25", "35.78", "33"
SUBAH = ("33.25.09", "33.25.09.2011", "61.01.10", "61.03.11.2012")


def area_of(location: Location) -> str | None:
    return location.area.code if location.area else None


def named(location: Location, type: str) -> list[str]:
    return [place.text for place in location.places if place.type == type]


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("pungli di jembatan timbang Subah", JAWA_TENGAH, "33.25.09"),
        ("jembatan timbang Subah, Batang, masih minta uang", None, "33.25.09"),
        ("jalan rusak di desa Subah kec. Subah kab. Batang", None, "33.25.09.2011"),
        ("jalan rusak di Subah, Sambas", None, "61.01.10"),
        ("jalan rusak di desa Subah, Sanggau", None, "61.03.11.2012"),
        ("batang pohon tumbang menutup jalan", None, None),
        ("batang pohon tumbang menutup jalan", BATANG, None),
        ("banjir di Kab. Batang", None, BATANG),
        ("batang pohon tumbang di Batang", JAWA_TENGAH, BATANG),
        ("longsor di Batang Toru", BATANG, "12.03.02"),
    ],
)
def test_subah_and_batang(text: str, region: str | None, code: str | None) -> None:
    assert area_of(locate(text, region=region)) == code


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("jalan rusak di Kab. Semarang", "33.74", "33.22"),
        ("jalan rusak di kota Semarang", "33.22", "33.74"),
        ("jalan rusak di Semarang", "33.22", "33.22"),
        ("banjir di kota Batang", BATANG, BATANG),
    ],
)
def test_a_regency_is_not_the_city_of_its_name(text: str, region: str, code: str) -> None:
    assert area_of(locate(text, region=region)) == code


def test_the_other_places_of_a_name_are_kept_as_alternatives() -> None:
    (place,) = [each for each in locate("banjir di Subah", region=BATANG).places if each.type == "area"]
    assert {place.code, *place.alternatives} == set(SUBAH)
    assert place.code is not None
    assert is_within(place.code, BATANG)


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("lampu mati di Jl. Melati no 3, Lontar, Sambikerep", SURABAYA, "35.78.31.1004"),
        ("warga lontar rt 05/rw 03 sambikerep kebanjiran", SURABAYA, "35.78.31.1004"),
        ("sampah menumpuk di Subah, Subah", BATANG, "33.25.09.2011"),
        ("sampah menumpuk di Subah kec. Subah", BATANG, "33.25.09.2011"),
        ("sampah menumpuk di Subah", BATANG, "33.25.09"),
        ("jalan berlubang di Gondang, Subah", None, "33.25.09.2023"),
        ("lampu mati di Kecamatan Lontar, Kelurahan Sambikerep", SURABAYA, "35.78.31.1004"),
        ("lampu mati di Kelurahan Sambikerep, Kecamatan Lontar", SURABAYA, "35.78.31.1004"),
        ("sampah di Sambikerep", SURABAYA, "35.78.31"),
        ("sampah di Sambikerep RT 02 RW 03", SURABAYA, "35.78.31.1001"),
        ("Baros Polsek Baros bersama warga", "32.72", "32.72.05"),
        ("pelayanan dikelurahan lontar lambat", SURABAYA, "35.78.31.1004"),
        ("pungli di kecamtan Subah", BATANG, "33.25.09"),
    ],
)
def test_an_address_names_the_kelurahan_and_then_its_kecamatan(text: str, region: str | None, code: str) -> None:
    assert area_of(locate(text, region=region)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pelayanan di kelurahan jeruk lambat", "35.78.18.1002"),
        ("pelayanan di kelurahan lebih lambat", None),
        ("saluran buntu di perempatan bringin", "35.78.31.1003"),
        ("sampah di gang Sidomulyo", None),
    ],
)
def test_a_name_of_the_region_may_be_an_everyday_word_or_one_of_a_village_far_away(text: str, code: str | None) -> None:
    assert area_of(locate(text, region=SURABAYA)) == code


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("tembok mengangga di Kebraon", SURABAYA, "35.78.01.1002"),
        ("lampu mati di tana kali kedinding", SURABAYA, "35.78.17.1001"),
        ("lampu mati di kel. Ampl", SURABAYA, "35.78.16.1001"),
        ("lampu mati di Ampl", SURABAYA, None),
    ],
)
def test_one_slip_of_the_pen_is_forgiven(text: str, region: str, code: str | None) -> None:
    assert area_of(locate(text, region=region)) == code


def test_many_streets_do_not_outweigh_the_kelurahan_that_is_said() -> None:
    streets = "jl Darmo Permai gg 4, jl Darmo Indah no 2, jalan Darmo Baru"
    assert area_of(locate(f"kelurahan Putat Gede, tepatnya {streets}", region=SURABAYA)) == "35.78.27.1004"


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("dari Kebraon mau ke Keputih, macet total di Kedurus", SURABAYA, "35.78.01.1003"),
        ("dari Kebraon mau ke Keputih. Di Kedurus hujan", SURABAYA, "35.78.01.1003"),
        ("lampu mati di Keputih, bukan yang di Kebraon", SURABAYA, "35.78.09.1001"),
        ("saya kerjanya di Kebraon, rumah di Keputih, gotnya mampet", SURABAYA, "35.78.09.1001"),
        ("ibu orang Kebraon, kami tinggal di Keputih, sampah menumpuk", SURABAYA, "35.78.09.1001"),
        ("dari Kebraon ke Kebraon lagi", SURABAYA, "35.78.01.1002"),
        ("Kebraon ke Keputih macet, ada galian di Kedurus", SURABAYA, "35.78.01.1003"),
        ("mau ke Kebraon dari Keputih, ban pecah di Kedurus", SURABAYA, "35.78.01.1003"),
        ("mau ke Keputih ditutup, galian di Kedurus", SURABAYA, "35.78.01.1003"),
        ("banyak orang di Kebraon buang sampah, bukan di Keputih", SURABAYA, "35.78.01.1002"),
        ("KTP saya masih Kebraon tapi ngontrak di Keputih, air mati", SURABAYA, "35.78.09.1001"),
        ("mangunharjo yang di kec tugu, bukan yang di tembalang", "33.74", "33.74.16.1007"),
    ],
)
def test_where_somebody_comes_from_goes_to_or_works_is_not_where_the_trouble_is(
    text: str, region: str, code: str
) -> None:
    assert area_of(locate(text, region=region)) == code


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("pju mati di srondol wtn", "33.74", "33.74.11.1007"),
        ("got mampet di cisaranten kln", "32.73", "32.73.24.1003"),
        ("banjir di 35 ilir", "16.71", "16.71.01.1001"),
        ("banjir di 9/10 ulu", "16.71", "16.71.17.1002"),
        ("parkir liar di oro2 dowo", "35.73", "35.73.02.1008"),
        ("kabel putus di pulau brayan kota", "12.71", "12.71.05.1004"),
        ("got mampet warga lobang buaya", "31.75", "31.75.10.1007"),
        ("macet di paal 4", "71.71", "71.71.05.1010"),
        ("jalan amblas di malalayang 1 barat", "71.71", "71.71.09.1006"),
        ("pabrik bakar limbah di jurumudi bru", "36.71", "36.71.04.1005"),
        ("ini tanggung jawab RT", None, None),
        ("Jkt baru 5 tahun dikelola", None, "31"),
    ],
)
def test_names_are_shortened_and_written_in_digits(text: str, region: str | None, code: str | None) -> None:
    assert area_of(locate(text, region=region)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lampu mati di Kebraon ke arah Keputih", "35.78.01.1002"),
        ("sampah di Kebraon perbatasan dengan wilayah Kedurus", "35.78.01.1002"),
        ("macet arah Keputih", "35.78.09.1001"),
        ("warga Keputih mengeluh, galian di Jl. Kedurus", "35.78.09.1001"),
        ("dijalan raya Kedurus depan SDN Keputih", "35.78.09.1001"),
        ("hormat kami RW 04 Keputih, kelurahan Kebraon", "35.78.01.1002"),
        ("lampu padam di RT04RW04 Keputih timur 1, Kel Kebraon", "35.78.01.1002"),
        ("antre di puskesmas Kebraon, genteng bocor, Kec. Karang Pilang", "35.78.01.1002"),
        ("pelayanan kelurahan ujung surabaya lambat", "35.78.16.1004"),
    ],
)
def test_the_place_itself_outweighs_where_roads_lead_and_what_streets_are_called(text: str, code: str) -> None:
    assert area_of(locate(text, region=SURABAYA)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("warga Sambikerep kebanjiran", "35.78.31.1001"),
        ("kampung Sambikerep gelap", "35.78.31.1001"),
        ("atap SDN Sambikerep 2 roboh", "35.78.31.1001"),
        ("antre lama di puskesmas Sambikerep", "35.78.31"),
        ("sampah di Sambikerep", "35.78.31"),
    ],
)
def test_of_kelurahan_and_kecamatan_of_one_name_the_smaller_is_where_people_live(text: str, code: str) -> None:
    assert area_of(locate(text, region=SURABAYA)) == code


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("gampong Blang Cut banjir", "11.06", "11.06.06.2023"),
        ("dk. Krajan ds. Gondang kec. Subah gelap", BATANG, "33.25.09.2023"),
        ("Ds.Gondang Kec.Subah", None, "33.25.09.2023"),
        ("jl. dalam rangka perbaikan, antre di desa. Tolong", BATANG, None),
    ],
)
def test_villages_are_called_otherwise_in_other_provinces(text: str, region: str | None, code: str | None) -> None:
    assert area_of(locate(text, region=region)) == code


def test_in_a_regency_people_may_be_of_any_village_of_their_kecamatan() -> None:
    assert area_of(locate("warga Subah kebanjiran", region=BATANG)) == "33.25.09"
    assert area_of(locate("dusun Subah kebanjiran", region=BATANG)) == "33.25.09.2011"


def test_a_kelurahan_of_a_city_is_not_the_one_of_that_name() -> None:
    assert area_of(locate("di salah satu kelurahan Semarang ada pungli", region=JAWA_TENGAH)) == "33.74"


def test_a_place_is_named_with_its_level_word_and_within_a_landmark() -> None:
    assert named(locate("jalan rusak di kec. Subah, kabupaten Batang"), "area") == ["kec. Subah", "kabupaten Batang"]
    location = locate("pungli di jembatan timbang Subah", region=JAWA_TENGAH)
    assert [place.text for place in location.places] == ["jembatan timbang Subah", "Subah"]


def test_one_name_of_many_places_gives_no_area_without_more() -> None:
    assert locate("jalan rusak di Sidomulyo").area is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lampu mati di Gununganyar Tambak", "35.78.25.1004"),
        ("lampu mati di kali rungkut", "35.78.03.1001"),
        ("lampu mati RT 02 RW 05 Semolowaru", "35.78.09.1006"),
        ("sampah di kel. Tegalsari kec. Tegalsari", "35.78.05.1001"),
        ("sampah di kec Tegalsari", "35.78.05"),
        ("dari Kebraon sampai Keputih banjir semua", "35.78"),
        ("macet di Sidoarjo", "35.15"),
    ],
)
def test_told_the_city_the_deepest_supported_area_is_given(text: str, code: str) -> None:
    assert area_of(locate(text, region=SURABAYA)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kel. Kebroan banjir", "35.78.01.1002"),
        ("warga bbaat jerawat minta lampu", "35.78.30.1002"),
        ("sampah di Pabean Cantikan", "35.78.12"),
        ("lampu mati di Jl. Wonokromo", "35.78.04.1001"),
        ("antara Kebraon dan Kedurus gelap", "35.78.01"),
        ("puskesmas Manukanrejo", None),
    ],
)
def test_told_the_city_misspelt_names_streets_and_rivals_are_read(text: str, code: str | None) -> None:
    assert area_of(locate(text, region=SURABAYA)) == code


def test_a_regency_named_in_the_text_is_where_names_are_looked_for() -> None:
    assert area_of(locate("kec. Limpuung kab. Batang")) == "33.25.08"
    assert area_of(locate("jalan rusak dibanyuwangi")) == "35.10"


@pytest.mark.parametrize(
    "text",
    [
        "antrean di kelurahan lebih cepat sekarang",
        "sudah lapor ke kelurahan. Sudah dua kali",
        "soto Lamongan depan pasar",
        "jalan Gresik berlubang",
        "krucil-krucil lewat sini",
        "matur nuwun pak",
        "lapor ke pak Maksum saja",
        "smg cepat diperbaiki",
        "jukir di Mojopahit Asri",
        "longsor di Papua Nugini",
        "banjir di Kuala Lumpur dan Penang",
    ],
)
def test_people_dishes_streets_and_slang_are_no_areas(text: str) -> None:
    assert locate(text).area is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("banjir lagi #KutaiTimur", "64.08"), ("banjir #infotuban", "35.23"), ("sampah #pemkotbogor", "32.71")],
)
def test_hashtags_are_read_word_by_word(text: str, code: str) -> None:
    location = locate(text)
    assert area_of(location) == code
    assert all(text[place.start : place.end] == place.text for place in location.places)


def test_an_area_says_where_it_is_on_the_map_and_how_precisely() -> None:
    area = locate("banjir di kec. Subah kab. Batang").area
    assert area is not None
    assert (area.lat, area.lon) == (pytest.approx(-6.9, abs=0.3), pytest.approx(109.8, abs=0.3))
    assert area.precision in ("kabkota", "kecamatan")


@pytest.mark.parametrize("text", ["jalan yang baru dari desa ini rusak", "Yang bisa dalam baru suka tengah", ""])
def test_everyday_words_are_no_places(text: str) -> None:
    assert locate(text).area is None
    assert named(locate(text), "area") == []


@pytest.mark.parametrize(
    ("text", "code"), [("banjir di Jateng", "33"), ("macet di Sby", "35.78"), ("jalan Pwt berlubang di Pwt", "33.02")]
)
def test_common_short_names_are_known(text: str, code: str) -> None:
    assert area_of(locate(text)) == code


@pytest.mark.parametrize(
    ("text", "type", "found"),
    [
        ("lubang di Jl. Ahmad Yani depan pasar", "road", ["Jl. Ahmad Yani"]),
        ("lubang di jln raya subah rusak parah", "road", ["jln raya subah"]),
        ("ruas Subah-Limpung rusak", "road", ["ruas Subah-Limpung"]),
        ("lampu gang 3 mati", "road", ["gang 3"]),
        ("jalan rusak dan berlubang", "road", []),
        ("SDN 2 Subah roboh", "landmark", ["SDN 2 Subah"]),
        ("pungli di jembatan timbang, tolong", "landmark", ["jembatan timbang"]),
        ("antre di RSUD Kalisari Batang lama", "landmark", ["RSUD Kalisari Batang"]),
        ("jembatan rusak", "landmark", []),
        ("antre di uppkb subah. 50rb sekali lewat", "landmark", ["uppkb subah"]),
        ("lubang di Jl. H. Agus Salim gelap", "road", ["Jl. H. Agus Salim"]),
    ],
)
def test_roads_and_landmarks_end_where_their_name_ends(text: str, type: str, found: list[str]) -> None:
    assert named(locate(text), type) == found


@pytest.mark.parametrize(
    ("text", "region", "placed"),
    [
        ("jalan rusak di desa Subah kec. Subah kab. Batang", None, True),
        ("Jl. Ahmad Yani Batang berlubang, kab. Batang", None, True),
        ("kab. Batang banjir", None, True),
        ("Jl. Ahmad Yani berlubang", None, True),
        ("lewat jalan adi sucipto banyak lubang", None, True),
        ("Jawa Tengah jalannya rusak semua", None, False),
        ("jalan ancur semua kirain diaspal", None, False),
        ("jalan rusak", BATANG, False),
    ],
)
def test_placed_means_that_a_person_could_go_there(text: str, region: str | None, placed: bool) -> None:
    assert locate(text, region=region).placed is placed


def test_what_the_source_says_settles_an_ambiguous_name_and_stands_in_for_none() -> None:
    hint = PlaceHint(name="Batang, Jawa Tengah", code=BATANG, basis="platform_place")
    assert is_within(area_of(locate("banjir di Subah", hint=hint)) or "", BATANG)
    fallback = locate("banjir", hint=hint).area
    assert fallback is not None
    assert (fallback.code, fallback.basis) == (BATANG, "hint")


def test_a_post_to_the_office_is_about_its_region_unless_it_says_otherwise() -> None:
    area = locate("lampu mati", region=BATANG, lane="addressed").area
    assert area is not None
    assert (area.code, area.basis) == (BATANG, "home")
    assert locate("lampu mati", region=BATANG, lane="overheard").area is None


def check(text: str, place: Place) -> None:
    assert 0 <= place.start < place.end <= len(text)
    assert text[place.start : place.end] == place.text
    if place.code is not None:
        assert is_area(place.code)
        assert place.probability is not None
        assert 0 < place.probability < 1


words = st.sampled_from(
    [
        "Jl.",
        "kel",
        "desa",
        "kec.",
        "kab",
        "kota",
        "di",
        "RW",
        "11",
        "Subah",
        "Batang",
        "Sidomulyo",
        "Keputih",
        "surabaya",
        "SDN",
        "simpang",
        ",",
        "\n",
        "İ",
        "ﬁ",
        "𝐒ubah",
        "\u200b",
    ]
)


@given(st.text(st.characters(), max_size=200) | st.lists(words, max_size=40).map(" ".join))
def test_any_text_gives_places_that_stand_in_it(text: str) -> None:
    location = locate(text, region=BATANG)
    ends = {"area": 0, "road": 0, "landmark": 0}
    for place in location.places:
        check(text, place)
        assert place.start >= ends[place.type]
        ends[place.type] = place.end


@pytest.mark.parametrize("piece", ["a", "Sidomulyo ", "Jl. ", "desa ", "\x01\x02", "kali"])
def test_a_giant_text_costs_no_more_than_its_beginning(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    for place in locate(text, region=BATANG).places:
        check(text, place)


def test_an_unknown_region_is_as_none() -> None:
    assert locate("banjir di Subah Batang", region="99.99") == locate("banjir di Subah Batang")


def test_the_component_writes_its_extension_with_what_is_known() -> None:
    pipeline = spacy.blank("id")
    component = pipeline.add_pipe("sidak_places")
    doc = pipeline.make_doc("banjir di Subah")
    doc.user_data.update({"region": BATANG, "lane": "addressed", "place_hint": None})
    assert is_within(component(doc)._.sidak_location.area.code, BATANG)
    assert doc._.sidak_location.model == nlp.components.places.MODEL


@pytest.mark.parametrize(
    "text",
    [
        "Pak lurah Slamet Widodo minta uang 500 ribu untuk tanda tangan",
        "lurah Melati Sari minta uang",
        "kades Sugeng Riyadi korupsi dana desa",
        "camat Bambang Slamet tidak pernah di kantor",
    ],
)
def test_an_officials_name_is_no_place(text: str) -> None:
    location = locate(text, region=JAWA_TENGAH)
    assert (location.area, location.places) == (None, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("camat Subah tidak pernah di kantor", "33.25.09"),
        ("omahku neng Klaten, saiki Klaten banjir", "33.10"),
        ("Tolong bapak-bapak DLH Tarakan, pohon tumbang belum diangkut", "65.71"),
        ("kades Desa Subah minta uang", "33.25.09.2011"),
        ("Camat Subah Slamet Widodo minta uang", "33.25.09"),
        ("Lurah Gunung Pati minta uang", "33.74.12.1004"),
    ],
)
def test_the_place_after_a_title_is_one(text: str, code: str) -> None:
    assert area_of(locate(text, region=JAWA_TENGAH)) == code


@pytest.mark.parametrize(
    ("text", "roads"),
    [
        ("Banyak lubang di jalan. Ambarawa tambah macet", []),
        ("Aspal rusak di jalan. Slawi makin parah", []),
        ("Aspal rusak di Jl. Slawi", ["Jl. Slawi"]),
        ("Aspal rusak di Jalan. Sudirman", ["Jalan. Sudirman"]),
        ("Aspal rusak di jalan Slawi", ["jalan Slawi"]),
    ],
)
def test_a_sentence_that_ends_with_the_word_for_road_names_none(text: str, roads: list[str]) -> None:
    assert named(locate(text, region=JAWA_TENGAH), "road") == roads


@pytest.mark.parametrize("text", ["Jalan rusak. Tegal kota", "Jalan rusak, Tegal kota", "Tegal kota. Jalan rusak"])
def test_a_city_may_be_said_after_the_name(text: str) -> None:
    assert area_of(locate(text, region=JAWA_TENGAH)) == "33.76"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sampah numpuk di Bandung", "32.73"),
        ("Warga Bandung mengeluh", "32.73"),
        ("Macet di Surabaya", "35.78"),
        ("Rusak di Kab. Bandung", "32.04"),
    ],
)
def test_a_city_elsewhere_is_not_the_home_province_with_villages_of_its_name(text: str, code: str) -> None:
    assert area_of(locate(text, region=JAWA_TENGAH)) == code


@pytest.mark.parametrize(
    ("text", "code"), [("Banjir di Ungaran", "33.22"), ("Ungaran, banjir lagi", "33.22"), ("Ungaran Barat", "33.22.18")]
)
def test_the_seat_of_a_regency_may_bear_no_name_of_its_own(text: str, code: str) -> None:
    assert area_of(locate(text, region=JAWA_TENGAH)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Lampu jalan mati di Cepu", "33.16.05"),
        ("Banjir di Cepu", "33.16.05"),
        ("Cepu, lampu jalan mati", "33.16.05"),
        ("Karimunjawa, listrik padam tiga hari", "33.20.10"),
        ("Jalan rusak parah, Slawi", "33.28.10"),
        ("Jalan rusak, Slawi, sudah lama", "33.28.10"),
        ("dasar cepu, jangan percaya", None),
        ("Rakit, lalu hanyut", None),
        ("Moga, semoga lekas selesai", None),
        ("Terima kasih, Slamet", None),
    ],
)
def test_a_town_is_named_without_a_level_word(text: str, code: str | None) -> None:
    assert area_of(locate(text, region=JAWA_TENGAH)) == code
