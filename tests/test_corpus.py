"""The labelled corpus keeps what its card promises."""

import csv
import itertools
import re
from collections import Counter

import numpy as np
import pytest

from taskfit.encoders.sentence_transformer import export
from taskfit.evaluation import agreement, leaks, sides
from taskfit.labelled import read_labelled
from taskfit.labels import DRIVERS, LABELS

WORD = re.compile(r"[a-z0-9']+")

#: The first letter of a vote and its label.
VOTES = dict(zip("AGH", LABELS, strict=True))

#: No run of this many words may be shared with a public set.
SHARED_WORDS = 8


@pytest.fixture(scope="module")
def rows(root):
    with (root / "data" / "tasks.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def labelled(rows):
    return [row for row in rows if row["label"]]


@pytest.fixture(scope="module")
def public(corpora):
    """Return every task of the public sets."""
    tasks = set()
    for file in sorted(corpora.glob("*.csv")):
        with file.open(encoding="utf-8") as source:
            tasks |= {row["task"] for row in csv.DictReader(source)}
    return tasks


def words(text):
    return WORD.findall(text.lower())


def runs(text):
    found = words(text)
    return {tuple(found[at : at + SHARED_WORDS]) for at in range(len(found) - SHARED_WORDS + 1)}


def test_there_are_enough_tasks_of_every_label(rows, labelled):
    assert len(rows) >= 34_000
    counts = Counter(row["label"] for row in labelled)
    assert set(counts) == set(LABELS)
    assert min(counts.values()) >= 10_000


def test_every_major_group_of_occupations_is_covered(rows):
    counts = Counter(row["occupation_group"] for row in rows)
    assert len(counts) == 22
    assert min(counts.values()) >= 600


def test_each_driver_decides_often_enough_to_be_learned(labelled):
    for driver in DRIVERS:
        assert sum(row[driver] == "2" for row in labelled) >= 500


def test_contrast_families_differ_in_label_and_share_their_split(labelled):
    families = {}
    for row in labelled:
        families.setdefault(row["family"], []).append(row)
    families.pop("")
    assert len(families) >= 4000
    # A family whose twin was dropped as a duplicate may be left with one member.
    apart = [members for members in families.values() if len({row["label"] for row in members}) > 1]
    assert len(apart) >= 0.95 * len(families)
    assert all(len({row["split"] for row in members}) == 1 for members in families.values())


def test_rows_without_a_label_are_those_that_no_label_fits(rows):
    for row in rows:
        assert (row["label"] == "") == (row["kind"] in {"vague", "heading", "not-a-task"})


def test_what_inventories_really_hold_is_there(rows):
    kinds = Counter(row["kind"] for row in rows)
    for kind in ("vague", "compound", "heading", "not-a-task", "personal-data", "other-language"):
        assert kinds[kind] >= 25
    styles = Counter(row["style"] for row in rows)
    assert len(styles) == 8
    assert min(styles.values()) >= 80


def test_leading_words_vary(labelled):
    leading = Counter(words(row["task"])[0] for row in labelled if words(row["task"]))
    assert len(leading) >= 500
    assert leading.most_common(1)[0][1] < 0.05 * len(labelled)


def test_verbs_and_their_objects_vary(labelled):
    """The leading word, folded to its stem, with the first longer word after it."""
    small = {"with", "from", "that", "this", "into", "each", "every", "their", "your", "which", "when", "after"}
    pairs = set()
    for row in labelled:
        found = words(row["task"])
        if found[:2] == ["responsible", "for"] or found[:2] == ["you", "will"]:
            found = found[2:]
        after = [word for word in found[1:] if len(word) > 3 and word not in small]
        if after:
            stem = re.sub(r"(ing|es|s|e)$", "", found[0])
            pairs.add((stem, after[0]))
    assert len({verb for verb, _ in pairs}) >= 500
    assert len(pairs) >= 4500


def test_nothing_is_copied_from_a_public_set(rows, public):
    copied = set().union(*map(runs, public))
    assert [row["id"] for row in rows if runs(row["task"]) & copied] == []


def test_hardly_any_task_has_a_near_twin_outside_its_family(labelled):
    pytest.importorskip("torch")
    # The encoder as it came: a fine-tuned one puts tasks of one label close together, whatever they are about.
    vectors = export("all-MiniLM-L6-v2").encode([row["task"] for row in labelled])
    names = [row["family"] or f"alone {at}" for at, row in enumerate(labelled)]
    families = np.unique(names, return_inverse=True)[1]
    twins = 0
    for at, vector in enumerate(vectors):
        twins += bool(((vectors @ vector > 0.92) & (families != families[at])).any())
    assert twins <= 0.03 * len(labelled)


def test_the_data_card_names_the_digest_and_the_counts(root, rows, labelled):
    card = (root / "data" / "README.md").read_text("utf-8")
    assert read_labelled(root / "data" / "tasks.csv").files[0].sha256 in card
    assert f"{len(rows):,} original" in card
    assert f"{len(labelled):,} of them labelled" in card
    for split in ("train", "dev", "test"):
        counts = [sum(row["split"] == split and row["label"] == label for row in rows) for label in LABELS]
        total = sum(row["split"] == split for row in rows)
        assert f"| {split} | {total:,} | " + " | ".join(f"{count:,}" for count in counts) in card


def test_the_second_votes_are_blind_enough_and_agree(rows, root):
    labels = {row["id"]: row for row in rows}
    with (root / "data" / "votes.csv").open(encoding="utf-8") as file:
        votes = list(csv.DictReader(file))
    assert len({vote["id"] for vote in votes}) == len(votes) >= 13_000
    first, second = ([vote[column] for vote in votes] for column in ("first_label", "label"))
    ratings = tuple(
        np.array([[int(row[driver]) for driver in DRIVERS] for row in source])
        for source in ([labels[vote["id"]] for vote in votes], votes)
    )
    result = agreement(first, second, drivers=ratings)
    assert result.kappa >= 0.80
    assert min(result.drivers.values()) >= 0.70
    card = (root / "data" / "README.md").read_text("utf-8")
    assert f"{result.accuracy:.1%}".replace("%", " %") in card
    assert f"{result.kappa:.3f}, {result.alpha:.3f}" in card
    for driver, kappa in result.drivers.items():
        assert f"{driver} {kappa:.2f}" in card


def test_public_tasks_are_kept_as_judgements_without_their_sentences(root, corpora):
    with (root / "data" / "onet.csv").open(encoding="utf-8") as file:
        judged = list(csv.DictReader(file))
    assert len({row["task_id"] for row in judged}) == len(judged) >= 7000
    assert set(judged[0]) == {"task_id", "label", *DRIVERS, "votes", "split"}
    with (corpora / "onet_exposure.csv").open(encoding="utf-8") as file:
        public = {row["task_id"]: row for row in csv.DictReader(file)}
    splits = {}
    for row in judged:
        counts = Counter(VOTES[vote[0]] for vote in row["votes"].split())
        assert counts[row["label"]] == max(counts.values())  # what most readers say
        splits.setdefault(public[row["task_id"]]["occupation"], set()).add(row["split"])
    assert all(len(found) == 1 for found in splits.values())


def test_public_tasks_that_were_labelled_twice_agree(root):
    with (root / "data" / "onet.csv").open(encoding="utf-8") as file:
        votes = [row["votes"].split() for row in csv.DictReader(file)]
    assert all(len(given) == 3 for given in votes if given[0][0] != given[1][0])
    twice = [given[:2] for given in votes]  # the third reader saw only what the others differed on
    assert len(twice) >= 10_000
    labels = [[VOTES[vote[0]] for vote in votes] for votes in zip(*twice, strict=True)]
    ratings = tuple(
        np.array([[int(mark) for mark in vote[1:]] for vote in votes]) for votes in zip(*twice, strict=True)
    )
    result = agreement(*labels, drivers=ratings)
    assert result.kappa >= 0.80
    assert min(result.drivers.values()) >= 0.70
    card = (root / "data" / "README.md").read_text("utf-8")
    assert f"{len(twice):,} task statements" in card
    assert f"Cohen's kappa {result.kappa:.3f}" in card


def test_tasks_whose_label_depends_on_the_role_stand_in_roles_that_differ(root, public):
    with (root / "data" / "roles.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    assert len({row["id"] for row in told}) == len(told) >= 1000
    by_task = {}
    for row in told:
        by_task.setdefault(row["task"], []).append(row)
        decisive = any(row[driver] == "2" for driver in DRIVERS)
        assert decisive == (row["label"] == "human-essential")
    assert all(len({row["label"] for row in found}) > 1 for found in by_task.values())
    # No sentence and no role in two splits, nor a role of the corpus.
    by_role, corpus = (read_labelled(root / "data" / name) for name in ("roles.csv", "tasks.csv"))
    assert leaks(by_role) == []
    assert sides([by_role, corpus]) == "no role on two sides"
    assert not {task.casefold() for task in by_task} & {task.casefold() for task in public}
    assert not set().union(*map(runs, by_task)) & set().union(*map(runs, public))
    card = (root / "data" / "README.md").read_text("utf-8")
    assert f"{len(told):,} rows, {len(by_task):,} sentences" in card


def test_a_role_moves_the_answer_the_right_way(root, model):
    tasks = read_labelled(root / "data" / "roles.csv").split("test")
    answers = model.assess(tasks.texts, tasks.roles)
    expected = [sum(at * answer.probabilities[label] for at, label in enumerate(LABELS)) for answer in answers]
    apart = [
        (expected[one] < expected[other]) == (LABELS.index(tasks.labels[one]) < LABELS.index(tasks.labels[other]))
        for one, other in itertools.combinations(range(len(tasks)), 2)
        if tasks.texts[one] == tasks.texts[other] and tasks.labels[one] != tasks.labels[other]
    ]
    assert len(apart) >= 200
    assert np.mean(apart) >= 0.9
