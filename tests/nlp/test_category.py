"""Kind and category: what the model adds to the lexicons, its file, and what it may keep of the texts it learnt from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.build import build_nlp, make_doc
from nlp.category_features import Reading as Features
from nlp.category_features import hint_features, read_text
from nlp.category_model import NONE, CategoryModel, Term, category_model, read_model, write_model
from nlp.components.category_points import Points
from nlp.components.classification import choose, named_first, weigh
from nlp.evaluation.category_scores import Judged, calibration_error, score, score_misconduct
from nlp.reading import Reading
from nlp.taxonomy import categories
from nlp.teaching.category import fit, may_be_kept
from nlp.teaching.category_examples import CategorisedText, read_invented
from sidak.models import Classification


@pytest.fixture(scope="module")
def nlp() -> Any:
    return build_nlp()


def classify(nlp: Any, text: str) -> Classification:
    found: Classification = nlp(make_doc(nlp, text))._.sidak_classification
    return found


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Mohon perbaikan jalan poros desa kami yang rusak parah dan berlubang sejak musim hujan", "jalan_rusak"),
        ("PJU di gang kami sudah tiga malam tidak menyala, mohon diperbaiki", "lampu_jalan"),
        ("Air PDAM di perumahan kami tidak mengalir sejak kemarin pagi", "air_bersih"),
        ("Mohon perantingan pohon di depan balai karena sudah rimbun dan mengenai kabel", "pohon"),
        ("Saluran irigasi di dusun kami jebol sehingga sawah tidak kebagian air", "irigasi"),
        ("Talud di pinggir jalan desa ambrol dan mengancam rumah warga", "longsor"),
        ("woi @pln listrik di rumah mati lagi dari magrib", "listrik"),
        ("truk saya lewat jembatan timbang diminta 20rb sama petugas, karcisnya nggak dikasih", "pungli"),
        ("urus surat pindah di RT disuruh bayar 300 ribu dulu baru ditandatangani", "pungli"),
        ("tukang parkir depan minimarket maksa minta 5rb padahal tulisannya parkir gratis", "parkir_liar"),
        ("tetangga karaoke sampai jam dua pagi, sudah ditegur tetap saja", "ketertiban"),
    ],
)
def test_what_a_text_is_about_is_found_in_both_registers(nlp: Any, text: str, category: str) -> None:
    found = classify(nlp, text)
    assert found.category == category
    assert found.kind == categories()[category].kind
    assert all(0 <= each.start < each.end <= len(text) for each in found.evidence)
    assert found.evidence


def test_what_names_nothing_gets_no_category(nlp: Any) -> None:
    assert classify(nlp, "selamat pagi semuanya, semoga sehat selalu").category is None
    assert classify(nlp, "").category is None


def test_a_denied_trouble_is_no_category(nlp: Any) -> None:
    assert classify(nlp, "lampu jalan di sini nggak mati kok bang, aman").category is None
    assert classify(nlp, "lampu jalan di sini mati, tidak ada yang memperbaiki").category == "lampu_jalan"


def test_the_place_does_not_matter(nlp: Any) -> None:
    text = "Mohon pengerukan saluran air di {} karena dangkal dan mampet"
    found = {classify(nlp, text.format(place)).category for place in ("Purbalingga", "Wonokromo", "Tanjungpinang")}
    assert found == {"drainase"}


@given(st.text(max_size=300))
def test_any_text_gets_a_probability(text: str) -> None:
    shares, nothing = weigh(
        category_model(), category_model().scores(Reading(text).words, hint_features((), (), sums=0))
    )
    assert sum(share for _, share in shares) == pytest.approx(1.0, abs=1e-3)
    assert 0.0 <= nothing <= 1.0


def test_scoring_a_text_and_its_reading_is_the_same() -> None:
    text = "Jalan jalan rusak RUSAK parah, mohon perbaikan jalan 25.000 di depan pasar"
    reading = read_text(text, points=(), signals=(), sums=1)
    model = category_model()
    direct = model.scores(Reading(text).words, hint_features((), (), sums=1))
    assert np.allclose(direct, model.score_reading(reading), atol=1e-4)


def test_a_model_survives_its_file() -> None:
    terms = {"w:jalan": Term(2.5, np.array([1.0, -0.5], np.float32))}
    bias = np.array([0.2, 0.1], np.float32)
    again = read_model(write_model(CategoryModel(["jalan_rusak", NONE], bias, terms), comments=["a comment"]))
    assert again.classes == ("jalan_rusak", NONE)
    assert np.allclose(again.bias, bias, atol=0.01)
    assert again.terms["w:jalan"].rarity == 2.5
    assert np.allclose(again.terms["w:jalan"].row, terms["w:jalan"].row, atol=0.01)
    with pytest.raises(ValueError, match="line 2"):
        read_model("(classes)\t\t\ta b\nw:x\t1\t1\tAA==")


def test_the_model_knows_every_category() -> None:
    assert {*category_model().classes} == {*categories(), NONE}


def test_the_model_keeps_no_names_digits_or_rare_words() -> None:
    for name in category_model().terms:
        mark, _, rest = name.partition(":")
        if mark in {"w", "n", "p", "r"}:
            assert all(may_be_kept(word) for word in rest.split(" ")), name
        else:
            assert mark in {"l", "b", "c"} or (name[0] == "#" and name[1:].isdecimal()), name
    assert not may_be_kept("purbalingga")
    assert not may_be_kept("3374")
    assert not may_be_kept("xqzzy")


def test_rare_words_are_not_learnt() -> None:
    texts = ["jalan rusak parah sekali"] * 30 + ["sampah menumpuk tidak diangkut"] * 30 + ["pohon tumbang"] * 30
    texts.append("lampu mati")
    names = ["jalan_rusak"] * 30 + ["sampah"] * 30 + ["pohon"] * 31
    examples = [
        CategorisedText(origin="complaints", text=text, categories=(name,))
        for text, name in zip(texts, names, strict=True)
    ]
    readings: list[Features] = [read_text(each.text, points=(), signals=(), sums=0) for each in examples]
    model = fit(examples, readings)
    assert "w:sampah" in model.terms
    assert "w:lampu" not in model.terms
    shares, _ = weigh(model, model.score_reading(readings[0]))
    assert shares[0][0] == "jalan_rusak"


def test_an_unsure_choice_is_left_open() -> None:
    shares = (("jalan_rusak", 0.29), ("trotoar", 0.28), ("drainase", 0.23), ("pungli", 0.2))
    found = choose(shares, 0.1)
    assert found.category is None
    assert found.kind == "damage"
    assert found.alternatives[0] == ("trotoar", 0.28)
    assert choose(shares, 0.99).kind is None
    assert choose(shares, 0.1).evidence == ()


def test_the_way_a_place_writes_does_not_speak_for_misconduct() -> None:
    """Where one place was read for misconduct and another was not, a text of either weighs the same."""
    examples, texts = [], []
    for origin, greeting, accused in (("laporgub", "tindak lanjut", 30), ("complaints", "selamat siang", 3)):
        for number in range(60):
            damage = ("jalan rusak", "jalan_rusak") if number % 2 else ("sampah menumpuk", "sampah")
            told = ("petugas minta uang", "pungli") if number < accused else damage
            texts.append(f"{greeting} {told[0]}")
            examples.append(CategorisedText(origin=origin, text=texts[-1], categories=(told[1],)))
    model = fit(examples, [read_text(text, points=(), signals=(), sums=0) for text in texts])
    bare = [read_text(text, points=(), signals=(), sums=0) for text in ("tindak lanjut", "selamat siang")]
    shares = [dict(weigh(model, model.score_reading(each))[0])["pungli"] for each in bare]
    assert shares[0] == pytest.approx(shares[1], abs=0.1)


def test_misconduct_is_scored_over_clear_texts_only() -> None:
    def judged(*truth: str, found: str) -> Judged:
        return Judged(example=CategorisedText(origin="tweets", text="x", categories=truth), shares=((found, 1.0),))

    scores = score_misconduct(
        [
            judged("pungli", found="calo"),
            judged("pungli", found="ketertiban"),
            judged("parkir_liar", found="pungli"),
            judged("pungli", "ketertiban", found="pungli"),
        ]
    )
    assert (scores["texts"], scores["misconduct"], scores["called"]) == (3, 2, 2)
    assert (scores["precision"], scores["recall"]) == (0.5, 0.5)


def test_invented_sentences_name_known_categories() -> None:
    seen = list(read_invented())
    assert {name for each in seen for name in each.categories} <= {*categories(), NONE}
    assert len({each.text for each in seen}) == len(seen)


def test_scores_count_what_is_right_and_what_is_named() -> None:
    def judged(truth: str, *shares: tuple[str, float]) -> Judged:
        return Judged(example=CategorisedText(origin="tweets", text="x", categories=(truth,)), shares=shares)

    found = score(
        [
            judged("banjir", ("banjir", 0.9), ("pohon", 0.1)),
            judged("banjir", ("banjir", 0.9), ("pohon", 0.1)),
            judged("pohon", ("banjir", 0.2), ("pohon", 0.1)),
        ]
    )
    assert found["accuracy"] == pytest.approx(0.6667, abs=1e-3)
    assert found["named"] == pytest.approx(0.6667, abs=1e-3)
    assert found["right_where_named"] == 1.0
    assert found["kind_accuracy"] == 1.0  # both are damage
    assert calibration_error([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0.0)
    assert calibration_error([(0.8, False)]) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("points", "share", "first"),
    [(4.0, 0.25, "markup"), (4.0, 0.2, "proyek_mangkrak"), (1.0, 0.38, "proyek_mangkrak")],
)
def test_misconduct_that_is_plainly_named_changes_places_with_another_not_much_likelier(
    points: float, share: float, first: str
) -> None:
    shares = (("jalan_rusak", 0.6), ("proyek_mangkrak", 0.4), ("markup", share))
    ordered = named_first(shares, [Points("markup", points, ())])
    assert next(name for name, _ in ordered if name != "jalan_rusak") == first
    assert sorted(name for name, _ in ordered) == sorted(name for name, _ in shares)
    assert [share for _, share in ordered] == [share for _, share in shares]
