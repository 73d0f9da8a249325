import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfit.datasets import join, same_tasks
from taskfit.errors import ColumnError, LabelledDataError
from taskfit.inventory import open_inventory
from taskfit.labelled import LabelledTasks, read_labelled, sound_rows


@pytest.fixture
def put(csv_file):
    """Join two files given as text."""

    def run(labels, texts, on="id"):
        tables = []
        for name, content in (("labels.csv", labels), ("texts.csv", texts)):
            with open_inventory(csv_file(content, name)) as inventory:
                tables += [sound_rows(inventory), inventory.description.columns]
        return join(*tables, on)

    return run


def test_columns_stand_beside_each_other_in_the_order_of_the_labels(put):
    columns, rows = put("label,id\nx,2\ny,1\n", "id,task,job\n1,one,a\n2,two,b\n3,three,c\n")
    assert columns == ["label", "id", "task", "job"]
    assert rows == [["x", "2", "two", "b"], ["y", "1", "one", "a"]]


def test_a_label_given_twice_gets_its_text_twice_and_of_two_texts_the_first(put):
    assert put("id,label\n1,x\n1,y\n", "id,task\n1,first\n1,second\n")[1] == [["1", "x", "first"], ["1", "y", "first"]]


def test_a_column_of_both_is_taken_from_the_labels(put):
    columns, rows = put("id,label,role\n1,x,mine\n", "id,role,task\n1,theirs,one\n")
    assert (columns, rows) == (["id", "label", "role", "task"], [["1", "x", "mine", "one"]])


def test_ids_are_compared_as_text_without_margins(put):
    assert put("id,label\n 007 ,x\n", "id,task\n007,one\n7,other\n")[1][0][-1] == "one"


def test_no_labels_give_no_rows(put):
    assert put("id,label\n", "id,task\n1,one\n") == (["id", "label", "task"], [])


def test_missing_texts_are_counted_and_the_first_three_named(put):
    labels = "id,label\n" + "".join(f"{n},x\n" for n in range(1200))
    with pytest.raises(LabelledDataError, match=r"^1,199 labels have no text .* id: 0 \(line 2\), 1 .*, 2 \(line 4\)$"):
        put(labels, "id,task\n5,five\n")


@pytest.mark.parametrize(("labels", "texts"), [("id,label\n1,x\n", "key,task\n"), ("key,label\n1,x\n", "id,task\n")])
def test_a_file_without_the_ids_is_told_what_it_has(put, labels, texts):
    with pytest.raises(ColumnError, match=r"no column 'id': a file has key, .*--on"):
        put(labels, texts)


@pytest.fixture
def pair(csv_file):
    def read(one, two):
        return same_tasks(read_labelled(csv_file(one, "anna.csv")), read_labelled(csv_file(two, "ben.csv")))

    return read


def test_tasks_are_matched_by_id_whatever_their_texts(pair):
    one, two = pair("id,task,label\n1,a,x\n2,b,x\n3,c,x\n", "id,task,label\n3,C!,y\n1,A!,y\n9,z,y\n")
    assert (one.texts, two.texts) == (["a", "c"], ["A!", "C!"])


def test_without_ids_tasks_are_matched_by_text_in_any_dress(pair):
    one, two = pair("task,label\nPost it.,x\nCall,x\n", "id,task,label\n1,- post IT,y\n")
    assert (one.texts, two.labels) == (["Post it."], ["y"])


def test_the_same_text_in_another_role_is_another_task(pair):
    roles = "task,label,role\nhelp,x,nurse\nhelp,x,clerk\n"
    one, two = pair(roles, "task,label,role\nhelp,y,Clerk\n")
    assert (one.roles, two.roles) == (["clerk"], ["Clerk"])
    assert len(pair(roles, "task,label\nhelp,y\n")[0]) == 1


def test_files_that_share_nothing_are_named(pair):
    with pytest.raises(LabelledDataError, match=r"anna\.csv and ben\.csv share no task: give both the same ids"):
        pair("task,label\na,x\n", "task,label\nb,x\n")


def numbered(rows):
    names = [str(row) for row in rows]
    return LabelledTasks(names, names, None, None, None, None, names, None, list(rows), ())


@settings(deadline=None)
@given(st.permutations(range(6)), st.sets(st.integers(0, 5), min_size=1))
def test_whatever_is_shared_is_found_once_in_the_order_of_the_first(order, kept):
    one, two = same_tasks(numbered(order), numbered(sorted(kept)))
    assert one.ids == two.ids == [str(row) for row in order if row in kept]
