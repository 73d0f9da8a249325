import pytest

from taskfit import shipped
from taskfit.bundle import find
from taskfit.encoders import read_encoder
from taskfit.errors import BundleError, EncoderError


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Two places for models, as in a wheel and in a checkout; neither is there yet."""
    wheel, checkout = tmp_path / "_models", tmp_path / "models"
    monkeypatch.setattr(shipped, "_PLACES", (wheel, checkout))
    return wheel, checkout


def put(place, *names):
    for name in names:
        (place / name).mkdir(parents=True)
        (place / name / "manifest.json").write_text("{}")


def test_the_default_model_is_shipped():
    folders = shipped.model_folders()
    assert shipped.DEFAULT_MODEL in folders
    assert find() == folders[shipped.DEFAULT_MODEL]


def test_models_are_sorted_and_a_folder_without_a_manifest_is_none(places):
    put(places[1], "small", "base")
    (places[1] / "draft").mkdir()
    (places[1] / "README.md").write_text("")
    assert list(shipped.model_folders().items()) == [("base", places[1] / "base"), ("small", places[1] / "small")]


def test_what_the_wheel_brought_goes_before_the_checkout(places):
    put(places[1], "old")
    put(places[0], "new")
    assert list(shipped.model_folders()) == ["new"]


def test_without_models_every_question_says_so(places):
    assert shipped.model_folders() == {}
    with pytest.raises(BundleError, match=r"no model 'base': .*\(none\)"):
        find()
    with pytest.raises(EncoderError, match=r"no shipped model 'gone' \(shipped: none\); install taskfit again"):
        read_encoder("gone")


def test_a_shipped_name_goes_before_a_folder_of_that_name(places, tmp_path, monkeypatch):
    put(places[1], "base")
    (tmp_path / "here" / "base").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert find("base") == places[1] / "base"
    (tmp_path / "here" / "mine").mkdir()
    assert find("mine").name == "mine"
