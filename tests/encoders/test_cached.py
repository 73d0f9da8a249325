import multiprocessing
import sqlite3
import time

import numpy as np
import pytest

from taskfit.encoders import CachedEncoder, read_encoder
from taskfit.text import normalise

TEXTS = ["Match invoices to orders", "Console a mourner", "Draft the report"]


class Counting:
    """An encoder that counts what it is asked."""

    def __init__(self, fingerprint="one", dimension=4):
        self.fingerprint, self.dimension, self.asked = fingerprint, dimension, []

    def encode(self, texts):
        self.asked += texts
        return np.array([[len(text) + at for at in range(self.dimension)] for text in texts], dtype=np.float32)


def test_a_second_run_computes_nothing_and_gives_the_same_bits(tmp_path):
    first = CachedEncoder(Counting(), tmp_path).encode(TEXTS)
    counting = Counting()
    again = CachedEncoder(counting, tmp_path).encode([*TEXTS, "  console a mourner. ".strip().capitalize()])
    assert counting.asked == []
    assert (again[:3] == first).all()
    assert again.dtype == np.float32


def test_texts_are_not_in_the_file(tmp_path):
    cached = CachedEncoder(Counting(), tmp_path)
    cached.encode(TEXTS)
    assert b"mourner" not in cached.path.read_bytes()


def test_vectors_of_another_encoder_are_never_used(tmp_path):
    CachedEncoder(Counting("one"), tmp_path).encode(TEXTS)
    (tmp_path / "one.sqlite").rename(tmp_path / "two.sqlite")
    counting = Counting("two")
    cached = CachedEncoder(counting, tmp_path)
    cached.encode(TEXTS)
    assert counting.asked == TEXTS
    assert "holds vectors of encoder one" in cached.problem


def test_a_broken_file_costs_speed_not_correctness(tmp_path):
    (tmp_path / "one.sqlite").write_bytes(b"this is no database" * 100)
    counting = Counting()
    cached = CachedEncoder(counting, tmp_path)
    assert (cached.encode(TEXTS) == Counting().encode(TEXTS)).all()
    assert "not used" in cached.problem


def test_a_flipped_bit_is_computed_again(tmp_path):
    cached = CachedEncoder(Counting(), tmp_path)
    cached.encode(TEXTS)
    with sqlite3.connect(cached.path) as connection:
        blob = bytearray(connection.execute("SELECT vector FROM vectors WHERE number = 1").fetchone()[0])
        blob[-1] ^= 1
        connection.execute("UPDATE vectors SET vector = ? WHERE number = 1", (bytes(blob),))
    connection.close()
    counting = Counting()
    assert (CachedEncoder(counting, tmp_path).encode(TEXTS) == Counting().encode(TEXTS)).all()
    assert len(counting.asked) == 1


def test_the_oldest_go_when_the_file_is_full(tmp_path):
    counting = Counting()
    cached = CachedEncoder(counting, tmp_path, max_bytes=10 * (4 * 4 + 60))
    cached.encode([f"task {number}" for number in range(50)])
    counting.asked.clear()
    cached.encode(["task 49", "task 0"])
    assert counting.asked == ["task 0"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    cached = CachedEncoder(Counting(), tmp_path / "file" / "cache")
    assert cached.encode(TEXTS).shape == (3, 4)
    assert "not used" in cached.problem


def test_looking_up_waits_for_no_writer(tmp_path):
    cached = CachedEncoder(Counting(), tmp_path)
    cached.encode(TEXTS)
    writer = sqlite3.connect(cached.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        counting = Counting()
        again = CachedEncoder(counting, tmp_path)
        started = time.perf_counter()
        again.encode(TEXTS)
        assert time.perf_counter() - started < 5
    finally:
        writer.close()
    assert (counting.asked, again.problem) == ([], "")


def test_a_file_that_another_process_has_only_just_made_is_no_problem(tmp_path):
    cached = CachedEncoder(Counting(), tmp_path)
    cached.path.touch()
    cached.encode(TEXTS)
    assert cached.problem == ""
    counting = Counting()
    CachedEncoder(counting, tmp_path).encode(TEXTS)
    assert counting.asked == []


def _fill(folder, start, together):
    cached = CachedEncoder(Counting(), folder)
    together.wait(300)
    for at in range(start, start + 400, 100):
        cached.encode([f"task {number}" for number in range(at, at + 100)])
    assert cached.problem == ""


def test_processes_that_open_a_new_cache_together_lose_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    for attempt in range(3):
        folder, together = tmp_path / str(attempt), context.Barrier(4)
        processes = [context.Process(target=_fill, args=(folder, start, together)) for start in (0, 100, 200, 300)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(300)
            assert process.exitcode == 0
        counting = Counting()
        CachedEncoder(counting, folder).encode([f"task {number}" for number in range(700)])
        assert counting.asked == []


def test_the_shipped_encoder_gives_the_same_vectors_from_the_cache(tmp_path):
    encoder = read_encoder("base")
    plain = encoder.encode(TEXTS)
    for _ in range(2):
        assert (CachedEncoder(encoder, tmp_path).encode(TEXTS) == plain).all()


@pytest.mark.parametrize("texts", [[], ["one"], ["one", "one"]])
def test_few_and_repeated_texts(tmp_path, texts):
    assert CachedEncoder(Counting(), tmp_path).encode(texts).shape == (len(texts), 4)


def test_more_texts_than_one_question_holds_are_all_found(tmp_path):
    texts = [f"task {number}" for number in range(1201)]
    first = CachedEncoder(Counting(), tmp_path).encode(texts)
    counting = Counting()
    again = CachedEncoder(counting, tmp_path).encode(texts[::-1] + texts)
    assert counting.asked == []
    assert (again == np.vstack([first[::-1], first])).all()


def test_only_what_is_new_is_computed_and_once_each(tmp_path):
    CachedEncoder(Counting(), tmp_path).encode(TEXTS)
    counting = Counting()
    CachedEncoder(counting, tmp_path).encode(["New", TEXTS[0], "new", "New", "  New. "])
    assert [normalise(text) for text in counting.asked] == ["New", "new"]


def test_nothing_is_made_before_there_is_something_to_keep(tmp_path):
    cached = CachedEncoder(Counting(), tmp_path / "cache")
    assert cached.encode([]).shape == (0, 4)
    assert not (tmp_path / "cache").exists()


def test_a_problem_says_what_to_do_and_stays(tmp_path):
    cached = CachedEncoder(Counting(), tmp_path)
    cached.path.write_bytes(b"this is no database" * 100)
    before = cached.path.read_bytes()
    cached.encode(TEXTS)
    assert cached.problem.endswith("delete the file to start it afresh")
    cached.encode(["another"])
    assert cached.path.read_bytes() == before


@pytest.mark.parametrize("dimension", [3, 5])
def test_vectors_of_another_length_are_computed_again(tmp_path, dimension):
    CachedEncoder(Counting(), tmp_path).encode(TEXTS)
    counting = Counting(dimension=dimension)
    assert CachedEncoder(counting, tmp_path).encode(TEXTS).shape == (3, dimension)
    assert counting.asked == TEXTS
