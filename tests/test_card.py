import pytest

from taskfit.bundle import find, inspect
from taskfit.card import model_card


@pytest.fixture(scope="module")
def manifest():
    return inspect(find(None))


def test_the_card_names_data_recipe_figures_and_limits(manifest):
    card = model_card(manifest)
    for heading in ("Intended and unfit uses", "Data", "Recipe", "Figures", "By label", "Policies", "Limits"):
        assert f"\n## {heading}\n" in card
    assert all(file["sha256"] in card for file in manifest["data"]["files"])
    assert manifest["tiers"]["accurate"]["fingerprint"] in card
    for figures in manifest["figures"]:
        assert f"| {figures['name']} | {figures['accuracy']:.1%}" in card


def test_the_expensive_mistake_stands_beside_every_accuracy(manifest):
    card = model_card(manifest)
    last = manifest["figures"][-1]
    assert f"{last['human_called_automatable_count']} of {last['human_count']}" in card
    for name, result in manifest["policies"].items():
        assert f"| {name} | {result['accuracy']:.1%} | {result['human_called_automatable']:.1%}" in card


def test_a_model_of_ones_own_without_figures_has_a_card_too(manifest):
    bare = {key: value for key, value in manifest.items() if key not in {"figures", "policies", "training", "data"}}
    card = model_card(bare)
    assert "## Figures" not in card
    assert "head: unknown" in card


def test_the_card_in_the_repository_is_the_one_of_the_shipped_model(manifest, root):
    assert (root / "models" / "README.md").read_text("utf-8").endswith(model_card(manifest))
