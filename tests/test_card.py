import pytest

from taskfit.bundle import find, inspect
from taskfit.card import model_card
from tests.manifests import FIGURES, MANIFEST


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


def test_a_card_of_a_manifest_alone_says_what_it_holds():
    card = model_card(MANIFEST)
    assert card.startswith("# Model card: ours\n\nMade 2026-11-01; 2.0 MB, format 2, label schema `0123456789abcdef`;")
    assert "- accurate tier: 384 dimensions, encoder fingerprint `f00`" in card
    assert "Fitted on 1,000 of them." in card
    assert "- seed 7; numpy 2.0" in card
    assert card.endswith("\n")


@pytest.mark.parametrize(("known", "words"), [(True, "reads roles."), (False, "reads no roles.")])
def test_a_card_says_whether_roles_are_read(known, words):
    assert f"; {words}" in model_card({**MANIFEST, "reads_roles": known})


@pytest.mark.parametrize(
    "section", ["Figures", "By label", "Policies", "Confidence and doubt", "Unlike anything taught"]
)
def test_what_was_not_measured_has_no_section(section):
    assert f"## {section}" not in model_card({**MANIFEST, "policies": {}})


def test_figures_are_tables_with_their_intervals():
    card = model_card({**MANIFEST, "figures": [FIGURES]})
    assert "| taskfit | 90.0% [87.0%, 93.0%] | 0.880 | 0.850 | 0.020 | 7 of 468 | 98.0% |" in card
    assert "| human-essential | 90.0% | 80.0% | 0.850 | 33 |" in card
    assert "Roles never seen." in card


def test_unknown_figures_are_dashes():
    card = model_card({**MANIFEST, "figures": [{**FIGURES, "intervals": {}, "calibration_error": None,
                                                "confident_accuracy": None}]})  # fmt: skip
    assert "| taskfit | 90.0% | 0.880 | 0.850 | – | 7 of 468 | – |" in card


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (("taskfit", "taskfit, role known", "taskfit, fast tier"), "taskfit, role known"),
        (("majority", "taskfit", "taskfit, fast tier"), "taskfit"),
        (("majority", "ours"), "ours"),
    ],
)
def test_labels_are_told_of_the_model_itself(names, main):
    card = model_card({**MANIFEST, "figures": [{**FIGURES, "name": name} for name in names]})
    assert f"## By label\n\n{main}:\n" in card


def test_policies_are_told_with_the_dear_mistake():
    assert "| cautious | 93.0% | 1.5% (2.8%) | 21.0% | 97.0% | 3 |" in model_card(MANIFEST)


def test_how_sure_and_how_doubtful_a_model_is_can_be_read():
    profile = {
        "reliability": [[0.5, 0.45, 12], [1.0, 1.0, 3000]],
        "surest": [[0.5, 0.99], [0.75, 0.97]],
        "label_sets": {"0.95": {"covered": {"automatable": 0.96}, "size": 1.2, "single": 0.8}},
        "drivers": {"empathy": 0.9, "presence": 0.8},
        "families": {"families": 40, "all_right": 31},
    }
    card = model_card({**MANIFEST, "profile": profile, "familiar": 0.4})
    assert "    50.0%     45.0%     12  " in card
    assert "Right labels: 99.0% of the surest 50%, 97.0% of the surest 75%." in card
    assert "| 95% | 96.0% | nan% | nan% | 1.20 | 80.0% |" in card
    assert "empathy 0.900, presence 0.800; mean 0.850." in card
    assert "every member right: 31 of 40." in card
    assert "a cosine below 0.40 goes to a person" in card


@pytest.mark.parametrize("accuracy", [0, 0.01, 0.5, 1])
@pytest.mark.parametrize("confidence", [0, 0.5, 1])
def test_no_bar_of_reliability_is_longer_than_the_scale(accuracy, confidence):
    profile = {"reliability": [[confidence, accuracy, 5]], "surest": []}
    line = model_card({**MANIFEST, "profile": profile}).split("confidence  accuracy  tasks\n")[1].splitlines()[0]
    assert len(line) <= 28 + 40
    assert "|" in line


def test_the_recipe_tells_of_a_taught_encoder():
    training = {**MANIFEST["training"], "base": "all-MiniLM-L6-v2", "settings": {"epochs": 2}, "seconds": 600,
                "epochs": [{"number": 1, "loss": 0.51234, "accuracy": 0.9}]}  # fmt: skip
    card = model_card({**MANIFEST, "training": training})
    assert "- encoder: all-MiniLM-L6-v2, taught with the heads" in card
    assert "- epoch 1: loss 0.512, dev accuracy 90.0%" in card
    assert "- time: 10 minutes" in card
    assert "Encoder: taught from all-MiniLM-L6-v2" in card


def test_a_card_names_the_teacher_and_its_passes():
    training = {
        **MANIFEST["training"],
        "base": "small",
        "teacher": "large",
        "teacher_epochs": [{"number": 1, "loss": 0.5, "accuracy": 0.9}],
        "epochs": [{"number": 1, "loss": 0.4, "accuracy": 0.8}],
    }
    card = model_card({**MANIFEST, "training": training})
    assert "- teacher: large, taught the same first" in card
    assert "- teacher, epoch 1: loss 0.500, dev accuracy 90.0%" in card
    assert "- epoch 1: loss 0.400, dev accuracy 80.0%" in card
    assert "Encoder: taught from small, by the answers of large" in card
    assert "teacher" not in model_card(MANIFEST)
