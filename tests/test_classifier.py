import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from taskfit import TaskFitClassifier
from taskfit.labels import DRIVERS, LABELS


@pytest.fixture
def data(labelled_rows):
    texts, labels, roles = zip(*labelled_rows, strict=True)
    return list(texts), list(labels), list(roles)


@pytest.fixture
def fitted(data, word_encoder):
    texts, labels, roles = data
    return TaskFitClassifier(word_encoder).fit(texts, labels, groups=roles)


def test_it_learns_plain_tasks_of_roles_it_has_not_seen(data, word_encoder):
    texts, labels, roles = data
    train = [row for row, role in enumerate(roles) if role not in {"tutor", "warden"}]
    test = [row for row, role in enumerate(roles) if role in {"tutor", "warden"}]
    classifier = TaskFitClassifier(word_encoder).fit([texts[row] for row in train], [labels[row] for row in train])
    assert classifier.score([texts[row] for row in test], [labels[row] for row in test]) > 0.9


def test_classes_are_sorted_and_probabilities_sum_to_one(fitted, data):
    assert fitted.classes_.tolist() == sorted(LABELS)
    probabilities = fitted.predict_proba(data[0])
    assert probabilities.shape == (120, 3)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (fitted.predict(data[0]) == fitted.classes_[probabilities.argmax(axis=1)]).all()


def test_an_answer_does_not_depend_on_what_stands_beside_it(fitted, data):
    together = fitted.predict_proba(data[0])
    alone = np.vstack([fitted.predict_proba([text]) for text in data[0]])
    assert (together == alone).all()


def test_a_clone_has_the_same_parameters_and_is_not_fitted(fitted, data):
    copy = clone(fitted)
    assert copy.get_params().keys() == fitted.get_params().keys()
    with pytest.raises(NotFittedError):
        copy.predict(data[0])


def test_cross_val_predict_works(data, word_encoder):
    texts, labels, _ = data
    predicted = cross_val_predict(
        TaskFitClassifier(word_encoder), texts, labels, cv=StratifiedKFold(3, shuffle=True, random_state=0)
    )
    assert (predicted == np.array(labels)).mean() > 0.9


def test_grid_search_works(data, word_encoder):
    texts, labels, _ = data
    search = GridSearchCV(TaskFitClassifier(word_encoder, calibrate=False), {"C": [0.1, 10.0]}, cv=2)
    assert search.fit(texts, labels).best_params_["C"] in {0.1, 10.0}


def test_a_pipeline_works(data, word_encoder):
    texts, labels, _ = data
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    pipeline = Pipeline([("lower", lower), ("classify", TaskFitClassifier(word_encoder))]).fit(texts, labels)
    assert pipeline.score([text.upper() for text in texts], labels) > 0.9


def test_texts_may_be_a_pandas_column_or_an_array(fitted, data):
    import pandas as pd

    expected = fitted.predict(data[0])
    assert (fitted.predict(pd.Series(data[0])) == expected).all()
    assert (fitted.predict(np.array(data[0], dtype=object)) == expected).all()


def test_vectors_may_be_given_instead_of_texts(fitted, data, word_encoder):
    vectors = word_encoder.encode(data[0])
    assert (fitted.predict(vectors) == fitted.predict(data[0])).all()


def test_one_text_instead_of_a_list_is_refused(fitted):
    with pytest.raises(TypeError, match="list of texts"):
        fitted.predict("match invoices")


def test_one_label_only_is_refused(word_encoder):
    with pytest.raises(ValueError, match="only one label"):
        TaskFitClassifier(word_encoder).fit(["a b", "c d"], ["automatable", "automatable"])


def test_different_lengths_are_refused(word_encoder):
    with pytest.raises(ValueError, match="differ in length: 2 and 1"):
        TaskFitClassifier(word_encoder).fit(["a b", "c d"], ["automatable"])


def test_two_labels_are_enough(data, word_encoder):
    texts, labels, _ = data
    classifier = TaskFitClassifier(word_encoder).fit(texts[:80], labels[:80])
    assert np.allclose(classifier.predict_proba(texts).sum(axis=1), 1)
    assert classifier.score(texts[:80], labels[:80]) > 0.9


def test_a_handful_of_tasks_fits_without_calibration(word_encoder):
    classifier = TaskFitClassifier(word_encoder).fit(["match a", "coach b", "draft c"], list(LABELS))
    assert (classifier.label_head_.scale == 1).all()


def test_calibration_keeps_the_order_of_confidence_honest(data, word_encoder):
    texts, labels, roles = data
    noisy = [LABELS[(LABELS.index(label) + (row % 5 == 0)) % 3] for row, label in enumerate(labels)]
    calibrated = TaskFitClassifier(word_encoder).fit(texts, noisy, groups=roles).predict_proba(texts).max(axis=1)
    plain = TaskFitClassifier(word_encoder, C=1000, calibrate=False).fit(texts, noisy).predict_proba(texts).max(axis=1)
    assert calibrated.mean() < plain.mean()


def test_a_text_that_two_groups_share_is_on_one_side_of_the_calibration(word_encoder):
    texts = [f"task {row // 2}" for row in range(60)]  # each text twice, in two groups
    groups = [f"role {row % 12}" if row % 2 else f"team {row % 10}" for row in range(60)]
    labels = [LABELS[(row // 2) % 3] for row in range(60)]
    classifier = TaskFitClassifier(word_encoder)
    classifier.classes_ = np.unique(labels)
    folds = classifier._folds(texts, np.array(labels), [f"{row}" for row in range(60)])
    assert len(folds) == 5
    for train, test in [*folds, *classifier._folds(texts, np.array(labels), groups)]:
        assert not {texts[row] for row in train} & {texts[row] for row in test}


@pytest.mark.parametrize("names", [(1, 2, 10), (True, False, True), LABELS, (np.str_("b"), "a", "c")])
def test_labels_keep_their_type(data, word_encoder, names):
    import pandas as pd

    texts, labels, _ = data
    given = [names[LABELS.index(label)] for label in labels]
    for y in (given, np.array(given), pd.Series(given)):
        classifier = TaskFitClassifier(word_encoder, calibrate=y is given).fit(texts, y)
        assert classifier.classes_.dtype == np.unique(given).dtype
        assert classifier.classes_.tolist() == sorted(set(given))
        assert (classifier.predict(texts) == np.array(given)).mean() > 0.9


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_labels_are_refused(data, word_encoder, missing):
    import pandas as pd

    texts, labels, _ = data
    labels[7] = labels[9] = missing
    for y in (labels, np.array(labels, dtype=object), pd.Series(labels), pd.Series(labels, dtype="string")):
        with pytest.raises(ValueError, match="2 labels are missing, the first at position 7"):
            TaskFitClassifier(word_encoder).fit(texts, y)


def test_vectors_of_another_encoder_are_refused(fitted):
    with pytest.raises(ValueError, match="the vectors have 20 numbers each; this classifier reads 48"):
        fitted.predict(np.zeros((2, 20)))


def test_drivers_are_learned_beside_labels(data, word_encoder):
    texts, labels, roles = data
    drivers = np.zeros((len(texts), len(DRIVERS)), dtype=int)
    drivers[["counsel" in text for text in texts], DRIVERS.index("empathy")] = 2
    drivers[["negotiate" in text for text in texts], DRIVERS.index("leadership")] = 2
    classifier = TaskFitClassifier(word_encoder).fit(texts, labels, drivers=drivers, groups=roles)
    strengths = classifier.driver_strengths(
        ["counsel a grieving clerk", "negotiate with the clerk union", "post codes"]
    )
    assert strengths.shape == (3, 5)
    assert strengths[0].argmax() == DRIVERS.index("empathy")
    assert strengths[1].argmax() == DRIVERS.index("leadership")
    assert strengths[2].max() < 0.5


def test_strengths_without_ratings_say_what_to_do(fitted, data):
    with pytest.raises(ValueError, match="drivers="):
        fitted.driver_strengths(data[0])


def test_driver_ratings_of_another_shape_are_refused(data, word_encoder):
    texts, labels, _ = data
    with pytest.raises(ValueError, match=r"\(120, 5\)"):
        TaskFitClassifier(word_encoder).fit(texts, labels, drivers=np.zeros((120, 4)))


def test_the_default_encoder_is_the_shipped_one(encoder):
    classifier = TaskFitClassifier(calibrate=False).fit(["match invoices", "counsel a mourner"], list(LABELS[::2]))
    assert classifier.encoder_ is encoder
    assert classifier.predict(["console the bereaved"])[0] == "human-essential"


def test_probabilities_of_the_training_texts_come_from_heads_that_did_not_see_them(data, word_encoder):
    texts, labels, roles = data
    classifier = TaskFitClassifier(word_encoder).fit(texts, labels, groups=roles)
    found = classifier.out_of_fold_probabilities()
    assert found.shape == (120, 3)
    assert np.allclose(found.sum(axis=1), 1)
    assert (classifier.classes_[found.argmax(axis=1)] == np.array(labels)).mean() > 0.9
    assert not np.allclose(found, classifier.predict_proba(texts))


def test_without_calibration_there_are_none(data, word_encoder):
    texts, labels, _ = data
    classifier = TaskFitClassifier(word_encoder, calibrate=False).fit(texts, labels)
    assert classifier.out_of_fold_probabilities() is None
    assert classifier.driver_head_ is None


@pytest.mark.parametrize("method", ["predict", "predict_proba", "driver_strengths"])
def test_nothing_is_answered_before_fitting(word_encoder, method):
    with pytest.raises(NotFittedError):
        getattr(TaskFitClassifier(word_encoder), method)(["match it"])
    with pytest.raises(NotFittedError):
        TaskFitClassifier(word_encoder).out_of_fold_probabilities()


def test_heads_fitted_elsewhere_answer_alike(fitted, data, word_encoder):
    other = TaskFitClassifier.from_heads(word_encoder, fitted.label_head_, None)
    assert (other.predict_proba(data[0]) == fitted.predict_proba(data[0])).all()
    assert other.out_of_fold_probabilities() is None
    with pytest.raises(ValueError, match="fitted without driver ratings"):
        other.driver_strengths(data[0])


def test_a_constructor_only_stores(word_encoder):
    parameters = {"encoder": word_encoder, "C": -1, "class_weight": None, "calibrate": 7, "folds": 0, "random_state": 3}
    assert TaskFitClassifier(**parameters).get_params() == parameters
    assert word_encoder.seen == []


def test_the_same_seed_fits_the_same_heads(data, word_encoder):
    texts, labels, roles = data
    one, two = (TaskFitClassifier(word_encoder, random_state=1).fit(texts, labels, groups=roles) for _ in range(2))
    assert (one.predict_proba(texts) == two.predict_proba(texts)).all()


def test_a_driver_that_is_never_or_always_decisive_is_its_share(data, word_encoder):
    texts, labels, _ = data
    drivers = np.zeros((len(texts), len(DRIVERS)), dtype=int)
    drivers[:, 1], drivers[:, 2] = 2, 1
    strengths = TaskFitClassifier(word_encoder).fit(texts, labels, drivers=drivers).driver_strengths(["anything"])
    assert strengths[0] == pytest.approx([0.001, 0.999, 0.001, 0.001, 0.001])


def test_no_texts_have_no_answers(fitted):
    assert fitted.predict_proba([]).shape == (0, 3)
    assert fitted.predict([]).tolist() == []
