import numpy as np
import pandas as pd
import pytest

import taskfit
from taskfit.errors import ColumnError, OutputError
from taskfit.scoring import FIT_COLUMNS


@pytest.fixture
def frame():
    tasks = ["Match invoices to orders", None, "Console a mourner", np.nan, "NA"]
    return pd.DataFrame({"task": tasks, "hours": [1.5, 2, np.nan, 0, 1]}, index=[10, 20, 20, 30, 40])


def test_the_frame_comes_back_with_columns_appended(frame, model):
    before = frame.copy()
    scored = taskfit.score_frame(frame, text="task", model=model)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(scored[list(frame.columns)], frame)
    assert list(scored.columns) == [*frame.columns, *FIT_COLUMNS]


def test_missing_values_are_blank_and_text_that_looks_missing_is_not(frame, model):
    statuses = taskfit.score_frame(frame, text="task", model=model)["fit_status"].tolist()
    assert statuses == ["ok", "blank", "ok", "blank", "not_a_task"]


def test_the_shipped_model_is_the_default(frame):
    assert taskfit.score_frame(frame, text="task")["fit_label"].iloc[2] == "human-essential"


def test_an_empty_frame_gets_the_columns(frame, model):
    scored = taskfit.score_frame(frame.iloc[:0], text="task", model=model)
    assert len(scored) == 0
    assert "fit_label" in scored


def test_a_missing_column_is_named(frame, model):
    with pytest.raises(ColumnError, match="no column 'Task'"):
        taskfit.score_frame(frame, text="Task", model=model)


def test_a_second_run_is_refused_unless_forced(frame, model):
    once = taskfit.score_frame(frame, text="task", model=model)
    with pytest.raises(OutputError):
        taskfit.score_frame(once, text="task", model=model)
    pd.testing.assert_frame_equal(taskfit.score_frame(once, text="task", model=model, force=True), once)


def test_two_columns_of_the_asked_name_are_refused(model):
    frame = pd.DataFrame([["Match invoices", "Call customers"]], columns=["task", "task"])
    with pytest.raises(ColumnError, match="2 columns of the frame are called 'task': rename all but one"):
        taskfit.score_frame(frame, text="task", model=model)


def test_other_columns_may_share_a_name_and_keep_their_types(model):
    frame = pd.DataFrame([["Match invoices", 1, b"x"]], columns=["task", "n", "n"])
    scored = taskfit.score_frame(frame, text="task", model=model)
    pd.testing.assert_frame_equal(scored.iloc[:, :3], frame)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_value_of_any_kind_is_blank(model, missing):
    frame = pd.DataFrame({"task": pd.Series(["Match invoices", missing], dtype=object)})
    assert taskfit.score_frame(frame, text="task", model=model)["fit_status"].tolist() == ["ok", "blank"]


def test_a_column_name_that_is_no_text_can_be_asked_for(model):
    frame = pd.DataFrame([["Match invoices to orders"]], columns=[7])
    assert taskfit.score_frame(frame, text=7, model=model)["fit_status"].tolist() == ["ok"]


def test_a_missing_role_column_is_named_with_those_there_are(frame, model):
    with pytest.raises(ColumnError, match="no column 'role': the frame has task, hours"):
        taskfit.score_frame(frame, text="task", role="role", model=model)
