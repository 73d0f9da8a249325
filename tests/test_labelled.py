import pytest

from taskfit.errors import ColumnError, LabelledDataError
from taskfit.labelled import concatenate, read_labelled


def test_columns_are_found_by_their_usual_names(csv_file):
    tasks = read_labelled(
        csv_file("Task,Label,Role,split\nMatch,automatable,clerk,train\nCall,augmentable,agent,test\n")
    )
    assert tasks.texts == ["Match", "Call"]
    assert tasks.labels == ["automatable", "augmentable"]
    assert tasks.groups == ["clerk", "agent"]
    assert tasks.splits == ["train", "test"]
    assert tasks.lines == [2, 3]
    assert tasks.split("test").texts == ["Call"]


def test_columns_may_be_named(csv_file):
    path = csv_file("a,b,c,task\nMatch,automatable,x,no\n")
    tasks = read_labelled(path, text="a", label="b", group="c")
    assert (tasks.texts, tasks.labels, tasks.groups) == (["Match"], ["automatable"], ["x"])


def test_rows_without_text_or_label_are_left_out_and_counted(csv_file):
    tasks = read_labelled(csv_file("task,label\nMatch,automatable\n,automatable\nCall,\n"))
    assert len(tasks) == 1
    assert tasks.unlabelled == 2


def test_drivers_are_read_where_all_five_are_there(csv_file):
    header = "task,label,empathy,presence,judgement,creativity,leadership\n"
    tasks = read_labelled(csv_file(header + "Console,human-essential,2,1,0,,0\n"))
    assert tasks.drivers.tolist() == [[2, 1, 0, 0, 0]]
    assert read_labelled(csv_file("task,label,empathy\na b,automatable,2\n", "part.csv")).drivers is None


def test_an_impossible_rating_is_named_with_its_line(csv_file):
    header = "task,label,empathy,presence,judgement,creativity,leadership\n"
    with pytest.raises(LabelledDataError, match="line 2: presence is '3'"):
        read_labelled(csv_file(header + "Console,human-essential,2,3,0,0,0\n"))


def test_label_values_can_be_mapped(csv_file):
    path = csv_file("task,label\nMatch,T4\nCall,T1\n")
    assert read_labelled(path, mapping={"T4": "automatable"}).labels == ["automatable", "T1"]


def test_a_missing_label_column_lists_what_there_is(csv_file):
    with pytest.raises(ColumnError, match=r"no label column.*task, hours.*--label"):
        read_labelled(csv_file("task,hours\nMatch,1\n"))
    with pytest.raises(ColumnError, match="no column 'grade'"):
        read_labelled(csv_file("task,hours\nMatch,1\n"), label="grade")


def test_no_labelled_row_is_refused(csv_file):
    with pytest.raises(LabelledDataError, match="no row has both"):
        read_labelled(csv_file("task,label\nMatch,\n"))


def test_the_digest_follows_the_content_not_the_file(csv_file):
    first = read_labelled(csv_file("task,label\nMatch,automatable\n", "a.csv"))
    second = read_labelled(csv_file("id;task;label\n1;Match;automatable\n", "b.csv"))
    third = read_labelled(csv_file("task,label\nMatch,augmentable\n", "c.csv"))
    assert first.files[0].sha256 == second.files[0].sha256 != third.files[0].sha256


def test_files_put_together_keep_what_all_of_them_have(csv_file):
    one = read_labelled(csv_file("task,label,role,split\nMatch,automatable,clerk,train\n", "a.csv"))
    two = read_labelled(csv_file("task,label,split\nConsole,human-essential,test\n", "b.csv"))
    both = concatenate([one, two])
    assert both.texts == ["Match", "Console"]
    assert both.roles == ["clerk", ""]
    assert both.splits == ["train", "test"]
    assert both.groups is None
    assert [file.name for file in both.files] == ["a.csv", "b.csv"]
    assert both.source == "a.csv + b.csv"
