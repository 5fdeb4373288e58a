"""Importing files: what becomes a post, what a dead letter, and that doing it again changes nothing."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.files.importer import import_file
from collectors.protocol import ParseContext, Query, Window
from collectors.registry import find_source, load_client_builder, load_parser
from sidak.errors import StopError, UsageError
from sidak.ids import Pseudonymizer

NOW = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
HEAD = "id,text,created_at\n"
GOOD = HEAD + "1,Jalan berlubang dekat pasar Subah,2026-03-01\n2,Lampu mati sejak kemarin,01/03/2026 10.30\n"


def lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_row_becomes_a_post_with_all_its_columns(desk) -> None:
    content = (
        "ID;Text;Created_At;Place;URL;Author;Title;Lane\n"
        "7;Ada pungutan di jembatan timbang;2026-03-01T10:00:00+07:00;Kec. Subah;https://contoh.invalid/7;budi;Pungutan;addressed\n"
    )
    assert desk.load_text("a.csv", content).new == 1
    (post,) = desk.posts()
    assert (post.id, post.text, post.lane) == ("files:generic:7", "Ada pungutan di jembatan timbang", "addressed")
    assert (post.created_at, post.collected_at) == (datetime(2026, 3, 1, 3, tzinfo=UTC), NOW)
    assert (post.url, post.title) == ("https://contoh.invalid/7", "Pungutan")
    assert post.place_hint is not None
    assert (post.place_hint.name, post.place_hint.basis) == ("Kec. Subah", "declared")
    assert post.author_key is not None
    assert "budi" not in repr(post)


def test_importing_again_changes_nothing(desk) -> None:
    content = GOOD + "3,,2026-03-01\n"
    first = desk.load_text("a.csv", content)
    segments = len(desk.archive.stream("posts/files").segments())
    again = desk.load_text("a.csv", content)
    assert (first.rows, first.new, first.rejected) == (3, 2, 1)
    assert (again.rows, again.new, again.unchanged, again.rejected) == (3, 0, 2, 1)
    assert (len(desk.posts()), len(desk.letters())) == (2, 1)
    assert len(desk.archive.stream("posts/files").segments()) == segments


def test_an_export_with_changed_rows_brings_revisions(desk) -> None:
    desk.load_text("a.csv", GOOD)
    result = desk.load_text("b.csv", GOOD.replace("sejak kemarin", "sejak minggu lalu"))
    assert (result.new, result.revised, result.unchanged) == (0, 1, 1)


def test_ids_of_different_exports_do_not_collide(desk) -> None:
    desk.load_text("a.csv", GOOD)
    record = {"id": 1, "text": "Air keruh", "created_at": "2026-03-01", "kecamatan": "Subah", "kabkota": "Kab. Batang"}
    assert desk.load_text("a.jsonl", lines(record), profile="media_center").new == 1
    post = desk.posts()[-1]
    assert (post.id, post.kind, post.visibility) == ("files:media_center:1", "complaint", "submitted")
    assert post.place_hint is not None
    assert post.place_hint.name == "Kec. Subah, Kab. Batang"


def test_the_export_profile_reads_indonesian_headings_and_keeps_what_it_names(desk) -> None:
    content = (
        "Tracking ID\tIsi Laporan\tTanggal Laporan\tKecamatan\tNama Pelapor\tKategori\tNo. KTP\n"
        "LGWP1\tTrotoar ambles\tSenin, 2 Maret 2026 pukul 08.15 WIB\tSubah\tSiti\tInfrastruktur\t3325000000000000\n"
    )
    result = desk.load_text("a.tsv", content, profile="sp4n_export")
    (post,) = desk.posts()
    assert post.created_at == datetime(2026, 3, 2, 1, 15, tzinfo=UTC)
    assert post.remainder == {"Kategori": "Infrastruktur"}
    assert "3325000000000000" not in repr(post)
    assert result.warnings == ("a.tsv: columns that the profile does not read: no. ktp",)


def test_rows_without_an_id_are_known_by_their_content(desk) -> None:
    content = "text,created_at\nBanjir lagi,2026-03-01\nBanjir lagi,2026-03-01\nBanjir lagi,2026-03-02\n"
    assert (desk.load_text("a.csv", content).new, desk.load_text("b.csv", content).new) == (2, 0)


def test_an_id_that_comes_twice_with_another_text_is_a_revision_and_told(desk) -> None:
    result = desk.load_text(
        "a.csv", GOOD + "1,Sudah ditambal,2026-03-02\n2,Lampu mati sejak kemarin,01/03/2026 10.30\n"
    )
    assert (result.new, result.revised, result.unchanged) == (2, 1, 1)
    assert any("1 rows repeat an id with a different text" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ("3,,2026-03-01", "text", "the text is empty"),
        ("3,Banjir,", "created_at", "the date is empty"),
        ("3,Banjir,kemarin sore", "created_at", "'kemarin sore' is no date"),
        ("3,Banjir,31/02/2026", "created_at", "'31/02/2026' is no date"),
        ("3,Banjir,1970-01-01", "created_at", "before 2000"),
        ("3,Banjir,2031-01-01", "created_at", "in the future"),
        ("3,Banjir,0001-01-01", "created_at", "out of range"),
        ("3,Banjir", "created_at", "the date is empty"),
        (f"{'3' * 300},Banjir,2026-03-01", "id", "longer than 200"),
    ],
)
def test_a_bad_row_is_set_aside_by_file_line_and_field_and_the_rest_goes_in(
    desk, row: str, field: str, said: str
) -> None:
    result = desk.load_text("laporan.csv", f"{HEAD}{row}\n4,Longsor di tebing,2026-03-01\n")
    assert (result.rows, result.new, result.rejected) == (2, 1, 1)
    (letter,) = desk.letters()
    assert letter.where == f"laporan.csv, line 2, field {field}"
    assert said in letter.detail
    assert letter.stage == "parse"
    assert result.warnings == (f"{letter.where}: {letter.detail}; 1 rejected for bad_{field}",)


def test_of_many_bad_rows_the_first_is_named_and_all_are_counted(desk) -> None:
    result = desk.load_text("laporan.csv", f"{HEAD}1,Banjir,kemarin\n2,Banjir,lusa\n3,Banjir,\n4,,2026-03-01\n")
    first, other = result.warnings
    assert first.startswith("laporan.csv, line 2, field created_at: 'kemarin' is no date")
    assert first.endswith("; the first of 3 rejected for bad_created_at")
    assert other == "laporan.csv, line 5, field text: the text is empty; 1 rejected for bad_text"


def test_a_dead_letter_never_names_the_author(desk) -> None:
    desk.load_text("a.csv", "id,text,created_at,author\n1,Banjir,kapan-kapan,siti_rahasia\n")
    desk.load_text("a.jsonl", '{"id": 1, "author": "siti_rahasia", "text": \n')
    assert len(desk.letters()) == 2
    assert "siti_rahasia" not in repr(desk.letters())


def test_a_dead_letter_holds_the_id_by_which_a_deletion_finds_it(desk) -> None:
    desk.load_text("a.csv", "id,text,created_at\n17,Banjir,kapan-kapan\n")
    assert "generic:17" in desk.letters()[0].payload


def test_dates_from_spreadsheets_clocks_and_people(desk) -> None:
    values = [
        "46082.5",
        "1772323200",
        "1772323200000",
        "1 Maret 2026",
        "01-03-2026",
        "2026-03-01T00:00:00Z",
        "Sun Mar 01 09:46:36 +0000 2026",
    ]
    content = lines(*({"id": n, "text": "Banjir", "created_at": value} for n, value in enumerate(values)))
    assert desk.load_text("a.jsonl", content).new == len(values)
    assert {post.created_at.date().isoformat() for post in desk.posts()} <= {"2026-02-28", "2026-03-01"}


def test_markup_and_invisible_characters_stay_and_unstorable_ones_are_replaced(desk) -> None:
    record = '{"id": "%s", "text": "%s", "created_at": "2026-03-01"}\n'
    content = (
        record % ("1", "<script>alert(1)</script> \\u202e\\u200b")
        + record % ("2", "jalan\\u0000rusak")
        + record % ("3\\ud800", "marah \\ud83d\\ude21 \\udc00")
    )
    result = desk.load_text("a.jsonl", content)
    assert [post.text for post in desk.posts()] == [
        "<script>alert(1)</script> \u202e\u200b",
        "jalan\ufffdrusak",
        "marah \U0001f621 \ufffd",
    ]
    assert len(result.warnings) == 2
    assert desk.posts()[1].warnings == ("nul_replaced",)


def test_an_address_that_could_run_in_a_browser_is_left_out(desk) -> None:
    desk.load_text("a.csv", "id,text,created_at,url\n1,Banjir,2026-03-01,javascript:alert(1)\n")
    (post,) = desk.posts()
    assert (post.url, post.warnings) == (None, ("url_dropped",))


def test_a_cell_of_ten_million_letters_is_cut_with_a_warning(desk) -> None:
    result = desk.load_text("a.csv", f"{HEAD}1,{'banjir ' * 1_500_000},2026-03-01\n2,Longsor,2026-03-01\n")
    assert result.new == 2
    assert len(desk.posts()[0].text) == 1_000_000
    assert desk.posts()[0].warnings == ("text_cut",)
    assert "1,000,000 characters" in result.warnings[0]


def test_a_line_longer_than_memory_should_hold_is_set_aside(desk) -> None:
    huge = "x" * (17 << 20)
    assert desk.load_text("a.csv", f"{HEAD}1,{huge},2026-03-01\n2,Longsor,2026-03-01\n").rejected == 1
    assert (
        desk.load_text("a.jsonl", f'{{"id": "{huge}"}}\n' + lines({"text": "Longsor", "created_at": "2026-03-01"})).new
        == 1
    )
    assert ["longer than 16" in letter.detail for letter in desk.letters()] == [True, True]


# ---------------------------------------------------------------- CSV


def test_records_span_lines_and_are_named_by_their_first(desk) -> None:
    content = HEAD + '1,"Jalan rusak,\nsudah ""lama""",2026-03-01\n2,"a\nb",\n3,Banjir,2026-03-01\n'
    desk.load_text("a.csv", content)
    assert desk.posts()[0].text == 'Jalan rusak,\nsudah "lama"'
    assert desk.letters()[0].where == "a.csv, line 4, field created_at"


def test_a_quote_that_never_closes_costs_one_row_only(desk) -> None:
    content = HEAD + '1,"Jalan rusak,2026-03-01\n2,Banjir,2026-03-01\n3,"Air mati, keruh",2026-03-01\n'
    result = desk.load_text("a.csv", content)
    assert (result.new, result.rejected) == (2, 1)
    assert [post.native_id for post in desk.posts()] == ["generic:2", "generic:3"]
    assert desk.letters()[0].where == "a.csv, line 2"
    assert "quote" in desk.letters()[0].detail


def test_careless_quotes_are_read_as_they_stand(desk) -> None:
    assert desk.load_text("a.csv", HEAD + '1,"Kata dia "besok" terus",2026-03-01\n').new == 1
    assert "besok" in desk.posts()[0].text
    assert desk.posts()[0].warnings == ("careless_quotes",)


def test_a_row_with_more_cells_than_headings_is_set_aside(desk) -> None:
    assert desk.load_text("a.csv", HEAD + "1,Jalan rusak, parah,2026-03-01\n2,Banjir,2026-03-01,,\n").new == 1
    assert desk.letters()[0].detail == "4 fields where the headings are 3"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_understood(desk, encoding: str) -> None:
    assert desk.load(desk.write("a.csv", GOOD, encoding=encoding)).new == 2


def test_a_profile_may_name_the_encodings_of_its_exports(desk) -> None:
    content = "Tracking ID,Isi Laporan,Tanggal Laporan\n1,Café “Kota” menutup trotoar,01/03/2026\n"
    result = desk.load(desk.write("a.csv", content, encoding="cp1252"), profile="sp4n_export")
    assert desk.posts()[0].text == "Café “Kota” menutup trotoar"
    assert "read as cp1252" in result.warnings[0]


def test_text_in_no_known_encoding_stops_with_line_and_byte_before_anything_is_stored(desk) -> None:
    path = desk.write("a.csv", (GOOD + "3,Jalan ").encode() + b"\xff rusak,2026-03-01\n")
    offset = path.read_bytes().index(b"\xff") + 1
    with pytest.raises(StopError, match=rf"a\.csv, line 4, byte {offset}: not UTF-8"):
        desk.load(path)
    assert desk.posts() == []


# ---------------------------------------------------------------- JSON lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": 1, "text": "Jalan', "not JSON: "),
        (b"[1, 2]", "a JSON list where an object is expected"),
        (b"jalan rusak", "not JSON: "),
        (b'{"text": "Jalan \xff"}', "not UTF-8 at byte 17"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"id": ' + b"9" * 5000 + b"}", "digits"),
    ],
    ids=["cut", "list", "text", "latin", "deep", "long"],
)
def test_a_broken_json_line_is_set_aside_with_its_number(desk, line: bytes, said: str) -> None:
    good = lines({"id": 1, "text": "Banjir", "created_at": "2026-03-01"}).encode()
    result = desk.load(desk.write("a.jsonl", good + line + b"\n\n" + good.replace(b"1", b"2", 1)))
    assert (result.rows, result.new, result.rejected) == (3, 2, 1)
    (letter,) = desk.letters()
    assert letter.where == "a.jsonl, line 2"
    assert said in letter.detail


def test_the_last_line_may_lack_its_newline(desk) -> None:
    assert desk.load_text("a.jsonl", lines({"text": "Banjir", "created_at": "2026-03-01"}).rstrip()).new == 1
    assert desk.load_text("a.csv", GOOD.rstrip()).new == 2


# ---------------------------------------------------------------- whole files


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", r"a\.csv: the file is empty"),
        ("a.csv", "\n\n", r"a\.csv: the file is empty"),
        ("a.csv", "id,isi,created_at\n1,a,2026\n", r"a\.csv: no column for text; .*'generic'.*the file has id, isi, created_at"),
        ("a.docx", "x", r"a\.docx: unknown kind of file '\.docx'; expected one of \.csv"),
        ("a.csv", "PK\x03\x04", r"a\.csv: this is an XLSX workbook"),
        ("a.xlsx", "%PDF", r"a\.xlsx: this is a PDF"),
        ("a.jsonl", "\ufeff{}".encode("utf-16"), r"a\.jsonl: JSON lines are UTF-8, this file is utf-16"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_imported_says_why(desk, name: str, content: str | bytes, said: str) -> None:
    with pytest.raises(StopError, match=said):
        desk.load_text(name, content)


def test_paths_that_are_no_file_and_unknown_profiles_are_wrong_use(desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this is a folder"):
        desk.load(tmp_path)
    with pytest.raises(UsageError, match="there is no such file"):
        desk.load(tmp_path / "tidak-ada.csv")
    with pytest.raises(UsageError, match="unknown profile 'lain'; there are generic, media_center, sp4n_export"):
        desk.load_text("a.csv", GOOD, profile="lain")


def test_a_deployment_brings_its_own_profile_by_path(desk) -> None:
    profile = desk.write(
        "warga.toml",
        'dates = ["%d.%m.%Y"]\ntimezone = "WIT"\nplace = ["{desa}"]\nid_when_missing = "reject"\n'
        '[columns]\nid = ["nomor"]\ntext = ["keluhan"]\ncreated_at = ["tgl"]\n',
    )
    path = desk.write("a.csv", "nomor,keluhan,tgl,desa\n5,Irigasi jebol,01.03.2026,Sentani\n,Tanpa nomor,01.03.2026,\n")
    assert desk.load(path, profile=str(profile)).rejected == 1
    (post,) = desk.posts()
    assert (post.id, post.created_at) == ("files:warga:5", datetime(2026, 2, 28, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x", "not a valid profile"),
        ('dates = ["iso"]\n[columns]\ntext = ["t"]\n', "not a valid profile .*created_at"),
        ('dates = ["iso"]\ncolour = 1\n[columns]\ntext = ["t"]\ncreated_at = ["c"]\n', "colour"),
        (
            'dates = ["iso"]\ntimezone = "Mars"\n[columns]\ntext = ["t"]\ncreated_at = ["c"]\n',
            "unknown time zone 'Mars'",
        ),
        ('dates = ["iso"]\nencodings = ["klingon"]\n[columns]\ntext = ["t"]\ncreated_at = ["c"]\n', "klingon"),
    ],
)
def test_a_wrong_profile_says_what_is_wrong(desk, content: str, said: str) -> None:
    profile = desk.write("p.toml", content)
    with pytest.raises(UsageError, match=said):
        desk.load_text("a.csv", GOOD, profile=str(profile))


def test_pages_are_stored_one_by_one_and_progress_is_told(desk) -> None:
    rows = "".join(f"{n},Banjir nomor {n},2026-03-01\n" for n in range(25))
    path = desk.write("a.csv", HEAD + rows)
    seen: list[tuple[str, int, int]] = []
    import_file(
        path,
        profile="generic",
        intake=desk.intake,
        pseudonymize=Pseudonymizer(b"k" * 32),
        clock=lambda: NOW,
        on_progress=lambda *progress: seen.append(progress),
        chunk=10,
    )
    assert len(seen) == 3
    assert seen[-1] == ("import a.csv", path.stat().st_size, path.stat().st_size)
    assert len(desk.archive.stream("posts/files").segments()) == 3


def test_the_source_has_the_shape_of_every_source(desk) -> None:
    source = find_source("files")
    assert (source.terms.way, source.terms.clearance.required) == ("import", False)
    path = desk.write("a.csv", GOOD)
    client = load_client_builder("files")(credentials={}, clock=lambda: NOW, sleep=lambda _: None, rng=random.Random(1))
    query = Query(id="q", source="files", lane="overheard", text=str(path))
    (page,) = client.fetch(query, window=Window(), cursor=None)
    parsed = load_parser("files")(page, ParseContext(pseudonymize=Pseudonymizer(b"k" * 32)))
    assert len(parsed.posts) == 2


def test_an_import_that_was_cut_short_is_completed_by_the_next(desk) -> None:
    path = desk.write("a.csv", HEAD + "".join(f"{n},Banjir nomor {n},2026-03-01\n" for n in range(25)))

    def interrupt(label: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(
            path,
            profile="generic",
            intake=desk.intake,
            pseudonymize=Pseudonymizer(b"k" * 32),
            clock=lambda: NOW,
            on_progress=interrupt,
            chunk=10,
        )
    assert len(desk.posts()) == 10
    result = desk.load(path)
    assert (result.new, result.unchanged) == (15, 10)
    assert len({post.id for post in desk.posts()}) == len(desk.posts()) == 25
