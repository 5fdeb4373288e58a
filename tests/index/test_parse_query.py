"""The query language: what people type, what they meant, and where it went wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse_query import MAX_LENGTH, parse_query
from index.query_errors import QueryError
from index.query_language import And, Expression, Field, Near, Not, Or, Phrase, Range, Term
from sidak.errors import UsageError

JALAN, RUSAK, LAMPU = Term("jalan"), Term("rusak"), Term("lampu")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("  \n\t ", None),
        ("jalan", JALAN),
        ("JALAN Rusak", And((JALAN, RUSAK))),
        ("jln rsk", And((JALAN, RUSAK))),
        ("jalan AND rusak", And((JALAN, RUSAK))),
        ("jalan DAN rusak", And((JALAN, RUSAK))),
        ('"jalan rusak"', Phrase(("jalan", "rusak"))),
        ("“jalan rusak”", Phrase(("jalan", "rusak"))),
        ('"jalan"', JALAN),
        ("jalan OR lampu", Or((JALAN, LAMPU))),
        ("jalan | lampu", Or((JALAN, LAMPU))),
        ("rusak jalan ATAU lampu", And((RUSAK, Or((JALAN, LAMPU))))),
        ("(rusak jalan) ATAU lampu", Or((And((RUSAK, JALAN)), LAMPU))),
        ("jalan -rusak", And((JALAN, Not(RUSAK)))),
        ("jalan NOT rusak", And((JALAN, Not(RUSAK)))),
        ("-(jalan lampu)", Not(And((JALAN, LAMPU)))),
        ('-"jalan rusak"', Not(Phrase(("jalan", "rusak")))),
        ("jala*", Term("jala", prefix=True)),
        ("rusak @dinas ???", RUSAK),
        ("#jalanrusak", Term("jalanrusak")),
        ("rusak - jalan", And((RUSAK, JALAN))),
        ("lampu di jalan yang rusak", And((LAMPU, JALAN, RUSAK))),
        ("yang", Term("yang")),
        ("yang -rusak", And((Term("yang"), Not(RUSAK)))),
        ('"jalan yang rusak"', Phrase(("jalan", "yang", "rusak"))),
        ("pemalakan", Term("palak")),
        ("dipalak", Term("palak")),
        ('"jalan rusak"~5', Near(("jalan", "rusak"), 5)),
        ('"jalan jalan"~5', JALAN),
        ("kategori:jalan_rusak", Field("category", ("jalan_rusak",))),
        ('kategori:"jalan rusak"', Field("category", ("jalan_rusak",))),
        ("category:banjir,drainase lampu", And((Field("category", ("banjir", "drainase")), LAMPU))),
        ('kategori:"Dugaan pungli"', Field("category", ("pungli",))),
        ("jenis:pelanggaran", Field("kind", ("misconduct",))),
        ("-status:selesai", Not(Field("state", ("selesai",)))),
        ("status:bukan-wewenang", Field("state", ("bukan_wewenang",))),
        ("sumber:x,reddit", Field("source", ("x", "reddit"))),
        ("kanal:ditujukan ATAU tinjau:ya", Or((Field("lane", ("addressed",)), Field("review", ("true",))))),
        ("tempat:33.25", Field("area", ("33.25",))),
        ("tempat:33.25,33.25.09", Field("area", ("33.25",))),
        ("tempat:batang", Field("area", ("33.25", "73.01.08.2002", "73.02.04.2004", "73.04.04"))),
        ("tempat:kab.batang", Field("area", ("33.25",))),
        ("place:subah", Field("area", ("33.25.09", "61.01.10", "61.03.11.2012"))),
        ('tempat:"subah, batang"', Field("area", ("33.25.09",))),
        ('tempat:"kec. subah, kab. batang"', Field("area", ("33.25.09",))),
        ("tempat:subah/batang", Field("area", ("33.25.09",))),
        ("urgensi>=0,7", Range("urgency", least=0.7)),
        ("urgensi:<70%", Range("urgency", below=0.7)),
        ("urgency:0.5", Range("urgency", least=0.5, most=0.5)),
        ("sejak:2026-11-24", Range("created_at", least=1795453200000)),
        ("sampai:24-11-2026", Range("created_at", below=1795539600000)),
        ("tanggal:2026-11", Range("created_at", least=1793466000000, below=1796058000000)),
        ("jam:10", Phrase(("jam", "10"))),
    ],
)
def test_what_is_meant(text: str, expected: Expression | None) -> None:
    assert parse_query(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('jalan "rusak', "karakter ke-7: tanda kutip tidak ditutup"),
        ("jalan (rusak", "karakter ke-7: kurung buka tidak ditutup"),
        ("jalan) rusak", "karakter ke-6: kurung tutup tanpa kurung buka"),
        ("jalan OR", "karakter ke-9: masih diharapkan"),
        ("OR jalan", "karakter ke-1: diharapkan sebuah kata, bukan OR"),
        ("jalan NOT", "karakter ke-10: masih"),
        ("()", "karakter ke-2: diharapkan sebuah kata"),
        ("ja*lan", "karakter ke-1: tanda [*] hanya boleh di akhir"),
        ("x j*", "karakter ke-3: sebelum tanda [*]"),
        ("*", "karakter ke-1: sebelum tanda [*]"),
        ("aa* bb* cc* dd* ee* ff*", "karakter ke-21: paling banyak 5"),
        ("(" * 50 + "jalan" + ")" * 50, "tingkat kurung"),
        ("NOT " * 60 + "jalan", "sangkalan|paling banyak"),
        ("kata " * 41, "karakter ke-201: kueri memuat lebih dari 40 kata"),
        ("xx yy*", "karakter ke-4: sebelum tanda [*].* 3 huruf"),
        ('"jalan rusak"~', "karakter ke-14: setelah ~"),
        ('"jalan rusak"~99', "karakter ke-1: jarak kata paling banyak"),
        ("kategori:", "karakter ke-10: setelah kategori: harus"),
        ("kategori: banjir", "karakter ke-10: setelah kategori: harus"),
        ("x kategori:banjirr", "karakter ke-12: kategori banjirr tidak dikenal; mungkin maksud Anda kategori:banjir"),
        ("katgori:banjir", "karakter ke-1: penyaring katgori: tidak dikenal; mungkin maksud Anda kategori:"),
        ("status>selesai", "tidak dapat dibandingkan"),
        ("urgensi>=tinggi", "antara 0 dan 1"),
        ("urgensi:101%", "antara 0 dan 1"),
        ("sejak:kemarin", "tanggal kemarin tidak berlaku"),
        ("sejak:2026-02-30", "tidak berlaku"),
        ("sejak:0001-01-01", "tidak berlaku"),
        ("tempat:99.99", "kode wilayah 99.99 tidak ada"),
        ("tempat:semarng", "tempat semarng tidak dikenal; mungkin maksud Anda .*semarang"),
        ('tempat:"subah, semarang"', "tidak ada subah"),
        ("sumber:../etc", "tidak berlaku"),
        (" ".join(f"sumber:s{n}" for n in range(21)), "paling banyak 20 penyaring"),
        ("a" * (MAX_LENGTH + 1), "terlalu panjang"),
        ("??? @dinas", "tidak memuat kata"),
        ("-???", "tidak memuat kata"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_query(text)


def test_the_place_of_an_error_can_be_shown() -> None:
    text = "x" * 100 + " (jalan"
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    line, caret = caught.value.pointed(text).splitlines()
    assert line[len(caret) - 1] == "("


_PIECES = ["kategori:", "tempat:", "urgensi>=", "sejak:", '"', "~", "(", ")", "-", "*", "OR ", "jalan", " ", "33.25", "0,5", "2026"]  # fmt: skip


@given(
    st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=14).map("".join)
    | st.text(max_size=60)
    | st.text(alphabet='ab ()"*-| ORNT', max_size=60)
)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        expression = parse_query(text)
    except UsageError:
        return
    assert expression is None or all(stem for stem in _stems(expression))


def _stems(expression: Expression) -> list[str]:
    match expression:
        case Term(stem=stem):
            return [stem]
        case Field() | Range():
            return ["a field"]
        case Phrase(stems=stems) | Near(stems=stems):
            assert len(stems) > 1
            return list(stems)
        case Not(part=part):
            return _stems(part)
        case And(parts=parts) | Or(parts=parts):
            assert len(parts) > 1
            return [stem for part in parts for stem in _stems(part)]
