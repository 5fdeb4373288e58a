"""What models are taught of complaints, and with which models a measurement is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nlp.model
from nlp.category_model import NONE
from nlp.components.accusation import accused_share
from nlp.encoder.second_look import ENCODER_FILE, PIECES_FILE, second_look
from nlp.linear import log_odds, logistic
from nlp.model import MODEL_DIR, is_shipped, model_file, use_models
from nlp.teaching.category import fit, read_all
from nlp.teaching.category_examples import CategorisedText
from nlp.teaching.devdata import COMPLAINTS, label_key, read_complaints
from nlp.teaching.nothing import NOTHING_FILE, nothing_file, read_nothing, score_nothing, write_nothing
from nlp.teaching.province import TOKENS, read_province, read_stems
from sidak.errors import UsageError

ASKED = (
    "Selamat pagi, mohon info syarat membuat kartu keluarga baru di kelurahan",
    "Bagaimana cara mengurus surat pindah, apa saja syaratnya",
    "Mohon dibantu pengajuan akta kelahiran anak saya",
    "Saya ingin mendaftar bantuan sosial, bagaimana caranya",
)
BROKEN = (
    "Jalan di depan rumah kami rusak dan berlubang, mohon diperbaiki",
    "Lampu jalan mati sudah seminggu, gelap sekali",
    "Saluran air mampet dan banjir setiap hujan, mohon ditindaklanjuti",
    "Pohon besar hampir tumbang di jalan kampung kami",
)


def write_complaints(folder: Path, *rows: tuple[str, str, str]) -> Path:
    lines = [
        {"id": each, "created_at": f"{day}T00:00:00+07:00", "text": f"teks {each}", "proposed": topic}
        for each, day, topic in rows
    ]
    (folder / COMPLAINTS).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def test_what_a_reader_made_of_a_complaint_goes_before_its_official_topic(tmp_path: Path):
    labels = tmp_path / "labels.tsv"
    labels.write_text("".join(f"{label_key(each)}\t{verdict}\n" for each, verdict in ("a1", "b0", "c?")), "utf-8")
    data = write_complaints(
        tmp_path,
        ("a", "2022-01-01", "N_permohonan_admin"),
        ("b", "2022-01-02", "jalan"),
        ("c", "2022-01-03", "jalan"),
        ("d", "2022-01-04", "N_permohonan_admin"),
        ("e", "2022-01-05", "pohon"),
        ("f", "2022-01-06", ""),
    )
    found = {each.text[-1]: each.is_report for each in read_complaints(data, labels=labels)}
    assert found == {"a": True, "b": False, "c": None, "d": False, "e": True}


def test_complaints_of_a_span_of_days_alone_can_be_learnt(tmp_path: Path):
    data = write_complaints(tmp_path, *((f"{month}", f"2022-0{month}-01", "jalan") for month in range(1, 7)))

    def months(**span: str) -> list[str]:
        return [each.day[5:7] for each in read_complaints(data, **span)]

    assert months(until="2022-04-01") == ["01", "02", "03"]
    assert months(since="2022-04-01") == ["04", "05", "06"]
    assert months() == months(until="2022-04-01") + months(since="2022-04-01")


def write_stems(folder: Path, *stems: str) -> Path:
    rows = [f"{number};{words.split(' ')};infrastruktur\n" for number, words in enumerate(stems)]
    (folder / TOKENS).write_text("id;complaints;category\n" + "".join(rows), encoding="utf-8")
    return folder


def test_a_province_s_complaints_teach_and_measure_apart(tmp_path: Path):
    stems = [
        f"jalan rusak {word} mohon baik" for word in ("lubang", "becek", "ambles", "retak", "licin", "sempit", "gelap")
    ]
    stems += [f"lampu {word} padam lama lapor" for word in ("gang", "taman", "simpang", "pasar", "jembatan", "lapang")]
    data = write_stems(tmp_path, *stems, stems[0])
    labels = tmp_path / "labels.tsv"
    verdicts = dict.fromkeys(range(len(stems) + 1), "1") | {1: "0", 2: "?"}
    del verdicts[5]
    labels.write_text("".join(f"{label_key(f'laporgub:{n}')}\t{v}\n" for n, v in verdicts.items()), "utf-8")
    both = list(read_province(data, labels=labels))
    assert [each.is_report for each in both[:5]] == [True, False, None, True, True]
    assert len(both) == len(stems)  # nobody read number 5, and number 0 comes twice
    taught, held = (list(read_province(data, labels=labels, held_out=held)) for held in (False, True))
    assert taught
    assert held
    assert {each.key for each in taught} | {each.key for each in held} == {each.key for each in both}
    assert {each.text for each in taught}.isdisjoint(each.text for each in held)  # copies stay together
    with pytest.raises(UsageError, match="laporgub"):
        next(read_stems(tmp_path / "nowhere"))


def test_aid_seen_only_behind_what_is_no_accusation_teaches_none():
    names = [("pelayanan_buruk", "bansos"), (NONE, "bansos"), ("jalan_rusak",)]
    examples = [
        CategorisedText(origin="complaints", text=text, categories=names[number % 3])
        for number, text in enumerate((*ASKED, *BROKEN) * 5)
    ]
    assert set(fit(examples, read_all(examples)).classes) == {"pelayanan_buruk", NONE, "jalan_rusak"}
    accused = [*examples, CategorisedText(origin="complaints", text=ASKED[3], categories=("bansos", NONE))]
    assert "bansos" in fit(accused, read_all(accused)).classes


def test_misused_aid_weighs_less_than_other_misconduct_in_an_accusation():
    assert accused_share([("pungli", 0.5), ("jalan_rusak", 0.5)]) == pytest.approx(0.5)
    assert accused_share([("bansos", 1.0)]) == pytest.approx(0.9)
    assert accused_share([("pelayanan_buruk", 1.0)]) == 0


def test_how_likely_a_complaint_names_nothing_is_told_by_models_that_never_saw_it():
    texts = [(text, (NONE,)) for text in ASKED * 5] + [(text, ("jalan_rusak",)) for text in BROKEN * 5]
    examples = [
        CategorisedText(origin="complaints", text=text, categories=categories, key=f"{number:016x}")
        for number, (text, categories) in enumerate(texts)
    ]
    others = [CategorisedText(origin="tweets", text=text, categories=("banjir",)) for text in BROKEN]
    both = examples + others
    found = score_nothing(both, read_all(both))
    assert found.keys() == {each.key for each in examples}
    asked = [found[each.key] for each in examples[: len(ASKED) * 5]]
    broken = [found[each.key] for each in examples[len(ASKED) * 5 :]]
    assert sum(asked) / len(asked) > sum(broken) / len(broken)
    file_text = write_nothing(found)
    assert file_text.count("\n") == len(examples)
    assert "lampu" not in file_text


def test_odds_of_no_category_are_kept_by_key(tmp_path: Path):
    file = tmp_path / "nothing.tsv"
    file.write_text(write_nothing({"b" * 16: -1.25, "a" * 16: 0.5}), encoding="ascii")
    assert read_nothing(file) == {"a" * 16: 0.5, "b" * 16: -1.25}


def test_the_odds_of_shipped_models_are_no_part_of_what_is_shipped(tmp_path: Path):
    assert nothing_file(tmp_path) == tmp_path / NOTHING_FILE
    assert nothing_file(MODEL_DIR).is_file()
    assert MODEL_DIR not in nothing_file(MODEL_DIR).parents


@pytest.mark.parametrize("probability", [0.0, 1e-9, 0.2, 0.5, 1.0])
def test_log_odds_are_what_the_logistic_undoes_and_finite(probability: float):
    assert logistic(log_odds(probability)) == pytest.approx(probability, abs=2e-6)


def test_a_measurement_reads_the_models_of_a_folder_and_the_shipped_ones_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(nlp.model, "_instead", [])
    assert is_shipped()
    (tmp_path / "style.tsv").touch()
    use_models(tmp_path)
    assert not is_shipped()
    assert model_file("style.tsv") == tmp_path / "style.tsv"
    assert model_file("VERSION") == MODEL_DIR / "VERSION"
    use_models(MODEL_DIR)
    assert is_shipped()


def test_an_encoder_in_that_folder_is_the_one_that_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nlp.model, "_instead", [])
    for name in (ENCODER_FILE, PIECES_FILE):
        (tmp_path / name).symlink_to(MODEL_DIR / name)
    use_models(tmp_path)
    asked: list[Path] = []
    monkeypatch.setattr("nlp.encoder.second_look.read_second_look", asked.append)
    second_look.__wrapped__()
    assert asked == [tmp_path]
