import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfit.errors import ColumnError, LabelledDataError
from taskfit.inventory import open_inventory
from taskfit.labelled import Fault, LabelledFile, concatenate, read_labelled, sound_rows
from taskfit.labels import LABELS


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


def test_ratings_that_a_spreadsheet_made_decimals_are_read(csv_file):
    header = "task,label,empathy,presence,judgement,creativity,leadership\n"
    tasks = read_labelled(csv_file(header + "Console,human-essential,2.0,1.0,0.0,,0\n"))
    assert tasks.drivers.tolist() == [[2, 1, 0, 0, 0]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("Match it,automatable,train\nCall,augmentable\n", r"tasks\.csv, line 3: 2 of 3 fields"),
        ("Match it,automatable,train\nCall,me,augmentable,test\n", r"line 3: 4 fields where the header has 3"),
        ("Match it,automatable,validation\n", "line 2: unknown split 'validation': one of train, dev, test"),
        ("Match it,automatable,Train\n", "line 2: unknown split 'Train'"),
        ("Match it,automatable,train\nCall,augmentable,\n", "line 3: unknown split ''"),
        ("Match it,automatable,a\nCall,augmentable,b\n", "line 2: .*and 1 more; taskfit data validate lists them"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_with_its_line_or_told(csv_file, rows, message):
    path = csv_file("task,label,split\n" + rows)
    with pytest.raises(LabelledDataError, match=message):
        read_labelled(path)
    assert f"line {read_labelled(path, lenient=True).faults[0].line}: " in message


def test_an_empty_column_of_splits_is_none(csv_file):
    assert read_labelled(csv_file("task,label,split\nMatch it,automatable,\n")).splits is None


def test_a_split_that_is_not_there_lists_those_that_are(csv_file):
    tasks = read_labelled(csv_file("task,label,split\nMatch it,automatable,test\nCall him,augmentable,train\n"))
    assert tasks.only("test").texts == ["Match it"]
    with pytest.raises(LabelledDataError, match="has no split 'tset': its splits are train, test"):
        tasks.only("tset")
    with pytest.raises(LabelledDataError, match="has no split 'test': it has no column 'split'"):
        read_labelled(csv_file("task,label\nMatch it,automatable\n", "plain.csv")).only("test")


def test_a_table_that_is_read_whole_has_no_row_of_another_length(csv_file):
    with (
        open_inventory(csv_file("a,b,c\n1,2,3\n4,5\n")) as inventory,
        pytest.raises(LabelledDataError, match="line 3: 2 of 3 fields"),
    ):
        sound_rows(inventory)


FULL = "id,task,label,role,split,family,empathy,presence,judgement,creativity,leadership\n"
ROWS = (
    "7,Match invoices,automatable,clerk,train,,0,0,0,0,0\n"
    "8,Console him,human-essential,nurse,dev,f1,2,0,0,0,0\n"
    "9,Draft it,augmentable,,test,f1,0,0,1,0,0\n"
)


@pytest.fixture
def tasks(csv_file):
    return read_labelled(csv_file(FULL + ROWS))


def test_every_column_is_read_beside_its_task(tasks):
    assert (tasks.ids, tasks.families) == (["7", "8", "9"], ["", "f1", "f1"])
    assert (tasks.roles, tasks.groups, tasks.splits) == (["clerk", "nurse", ""],) * 2 + (["train", "dev", "test"],)
    assert tasks.drivers.dtype == np.int8
    assert tasks.files == (LabelledFile("tasks.csv", tasks.files[0].sha256, 3),)
    assert (len(tasks), tasks.unlabelled, tasks.faults) == (3, 0, ())


def test_taken_tasks_keep_everything_that_stands_beside_them(tasks):
    taken = tasks.take([2, 0, 0])
    assert taken.texts == ["Draft it", "Match invoices", "Match invoices"]
    assert (taken.ids, taken.roles, taken.lines) == (["9", "7", "7"], ["", "clerk", "clerk"], [4, 2, 2])
    assert taken.drivers.tolist() == tasks.drivers[[2, 0, 0]].tolist()
    assert taken.files == tasks.files
    assert len(tasks.take([])) == len(tasks.where(lambda row: False)) == 0
    assert tasks.where(lambda row: tasks.labels[row] == "augmentable").ids == ["9"]


def test_a_file_of_two_columns_has_nothing_else(csv_file):
    plain = read_labelled(csv_file("task,label\nMatch it,automatable\n"))
    others = (plain.groups, plain.roles, plain.drivers, plain.splits, plain.ids, plain.families)
    assert others == (None,) * 6
    assert plain.split("test") is plain
    assert plain.take([0, 0]).drivers is None


@pytest.mark.parametrize(
    ("names", "kept"), [(("train",), ["7"]), (("dev", "test"), ["8", "9"]), ((), []), (("gone",), [])]
)
def test_splits_are_taken_by_their_names(tasks, names, kept):
    assert tasks.split(*names).ids == kept


def test_both_forms_are_the_bare_tasks_and_then_those_with_a_role(tasks):
    assert tasks.in_both_forms() == [
        "Match invoices", "Console him", "Draft it", "clerk: Match invoices", "nurse: Console him", "Draft it"
    ]  # fmt: skip


def test_without_roles_there_is_one_form(csv_file):
    plain = read_labelled(csv_file("task,label\nMatch it,automatable\n"))
    assert plain.in_both_forms() == plain.texts
    assert plain.in_both_forms() is not plain.texts


@pytest.mark.parametrize("name", ["label", "Fit_Label", "CLASS", " category ", "target"])
def test_a_label_column_goes_by_several_names(csv_file, name):
    assert read_labelled(csv_file(f"task,{name}\nMatch it,automatable\n")).labels == ["automatable"]


@pytest.mark.parametrize(
    ("columns", "group"), [("role,group", "b"), ("soc_code,occupation", "b"), ("job_title,soc_code", "a")]
)
def test_the_likelier_group_column_goes_first(csv_file, columns, group):
    assert read_labelled(csv_file(f"task,label,{columns}\nMatch it,automatable,a,b\n")).groups == [group]


def test_a_group_that_is_not_there_is_told(csv_file):
    with pytest.raises(ColumnError, match="no column 'team': the file has task, label; name one with --group"):
        read_labelled(csv_file("task,label\nMatch it,automatable\n"), group="team")


def test_cells_lose_their_margins_and_keep_what_is_inside(csv_file):
    tasks = read_labelled(csv_file('task,label\n"  Match, ""it""\n  twice ", automatable \n'))
    assert tasks.texts == ['Match, "it"\n  twice']
    assert tasks.labels == ["automatable"]


def test_lines_count_what_stands_over_several_lines(csv_file):
    tasks = read_labelled(csv_file('task,label\n"a\nb\nc",automatable\n\nd,augmentable\n'))
    assert [tasks.lines[0], tasks.lines[-1]] == [2, 6]


@pytest.mark.parametrize("rating", ["3", "-1", "1.5", "two", "2,0", "nan", "٢"])
def test_a_rating_that_is_none_is_refused_or_told_and_counted_as_0(csv_file, rating):
    row = f'7,Match,automatable,clerk,train,,"{rating}",0,0,0,1\n'
    path = csv_file(FULL + row)
    with pytest.raises(LabelledDataError, match=f"line 2: empathy is '{rating}'; a driver rating is 0, 1 or 2"):
        read_labelled(path)
    lenient = read_labelled(path, lenient=True)
    assert lenient.faults == (Fault(2, f"empathy is {rating!r}; a driver rating is 0, 1 or 2"),)
    assert lenient.drivers.tolist() == [[0, 0, 0, 0, 1]]


def test_faults_stand_in_the_order_of_the_file_and_cost_no_sound_row(csv_file):
    rows = (
        "1,a,automatable,x,holdout,,0,0,0,0,0\n2,b\n3,c,automatable,x,train,,9,0,0,0,0\n4,d,automatable,x,dev,,,,,,\n"
    )
    tasks = read_labelled(csv_file(FULL + rows), lenient=True)
    assert [fault.line for fault in tasks.faults] == [2, 3, 4]
    assert tasks.ids == ["1", "3", "4"]


def test_renaming_keeps_labels_that_it_does_not_know_and_counts_in_the_digest(csv_file):
    path = csv_file("task,label\nMatch,T4\nCall,T9\n")
    renamed = read_labelled(path, mapping={"T4": "automatable"})
    assert renamed.labels == ["automatable", "T9"]
    assert renamed.files[0].sha256 != read_labelled(path).files[0].sha256


texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, st.sampled_from(LABELS)), min_size=1, max_size=8))
def test_whatever_is_written_is_read_again(tmp_path, rows):
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("task", "label"), *rows])
    tasks = read_labelled(path, text="task", label="label")
    assert list(zip(tasks.texts, tasks.labels, strict=True)) == rows


def test_one_file_put_together_is_itself(tasks):
    again = concatenate([tasks])
    assert (again.texts, again.labels, again.roles, again.ids) == (tasks.texts, tasks.labels, tasks.roles, tasks.ids)
    assert again.drivers.tolist() == tasks.drivers.tolist()


def test_a_file_given_twice_is_named_once_and_its_rows_stand_twice(tasks):
    twice = concatenate([tasks, tasks])
    assert twice.source == "tasks.csv"
    assert len(twice) == 6
    assert twice.drivers.shape == (6, 5)


def test_drivers_that_one_file_lacks_are_dropped_and_what_was_left_out_is_summed(csv_file, tasks):
    other = read_labelled(csv_file("task,label\nCall,augmentable\n,automatable\n", "b.csv"))
    both = concatenate([tasks, other])
    assert both.drivers is None
    assert both.unlabelled == 1
    assert both.roles == ["clerk", "nurse", "", ""]
    assert concatenate([other, other]).roles is None
