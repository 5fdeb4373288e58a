"""The query language: what people type, what they meant, and where it went wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse_query import MAX_LENGTH, parse_query
from index.query_language import And, Expression, Not, Or, Phrase, Term
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
        ("kata " * 41, "41 kata"),
        ("a" * (MAX_LENGTH + 1), "terlalu panjang"),
        ("??? @dinas", "tidak memuat kata"),
        ("-???", "tidak memuat kata"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_query(text)


@given(st.text(max_size=60) | st.text(alphabet='ab ()"*-| ORNT', max_size=60))
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
        case Phrase(stems=stems):
            assert len(stems) > 1
            return list(stems)
        case Not(part=part):
            return _stems(part)
        case And(parts=parts) | Or(parts=parts):
            assert len(parts) > 1
            return [stem for part in parts for stem in _stems(part)]
