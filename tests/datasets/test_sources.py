import csv
import hashlib
from dataclasses import replace

from taskfit.datasets import SCALES, SOURCES


def test_every_source_names_its_place_its_licence_and_its_bytes():
    for source in SOURCES.values():
        assert source.url.startswith("https://")
        assert source.licence
        assert source.citation
        assert len(source.sha256) == 64
        assert set(source.scales.values()) <= set(SCALES)


def test_the_extracts_are_the_ones_that_the_figures_are_on(corpora):
    assert {source.state(corpora) for source in SOURCES.values()} == {"present"}


def test_the_columns_of_the_extracts_are_the_named_ones(corpora):
    for source in SOURCES.values():
        with (corpora / source.file).open(encoding="utf-8") as file:
            assert set(source.scales) <= set(next(csv.reader(file)))


def test_a_missing_and_a_changed_extract_are_told_apart(tmp_path):
    source = next(iter(SOURCES.values()))
    assert source.state(tmp_path) == "missing"
    (tmp_path / source.file).write_text("other")
    assert source.state(tmp_path) == "changed"


def test_an_extract_with_the_right_bytes_is_present(tmp_path):
    source = replace(next(iter(SOURCES.values())), sha256=hashlib.sha256(b"task\n").hexdigest())
    (tmp_path / source.file).write_bytes(b"task\n")
    assert source.state(str(tmp_path)) == "present"
    (tmp_path / source.file).write_bytes(b"task\r\n")
    assert source.state(tmp_path) == "changed"


def test_a_folder_in_place_of_an_extract_is_none(tmp_path):
    source = next(iter(SOURCES.values()))
    (tmp_path / source.file).mkdir()
    assert source.state(tmp_path) == source.state(tmp_path / "nowhere") == "missing"


def test_names_and_files_are_not_shared():
    assert all(name == source.name for name, source in SOURCES.items())
    assert len({source.file for source in SOURCES.values()}) == len(SOURCES)
