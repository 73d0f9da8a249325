"""The same answers from a Dask cluster of several processes and from local Spark as from one process."""

import os
import shutil
import sys

import pandas as pd
import pytest

import taskfit
from taskfit.distributed.partition import Job, score_partition
from taskfit.errors import ColumnError, OutputError
from taskfit.scoring import FIT_COLUMNS

pytestmark = pytest.mark.filterwarnings("default")  # the engines warn of their own affairs


@pytest.fixture(scope="module")
def frame(root):
    tasks = pd.read_csv(root / "data" / "tasks.csv", usecols=["id", "task", "role"], keep_default_na=False)
    return tasks.head(400).astype(object)


@pytest.fixture(scope="module")
def expected(frame):
    return taskfit.score_frame(frame, text="task", role="role", model=taskfit.load(tier="fast"))


def same(found, expected):
    found = found.sort_values("id").reset_index(drop=True)
    expected = expected.sort_values("id").reset_index(drop=True)
    assert list(found.columns) == list(expected.columns)
    for name in expected.columns:
        assert found[name].tolist() == expected[name].tolist(), name


def test_a_partition_is_scored_like_a_frame_and_an_empty_one_has_the_columns(frame, expected):
    job = Job("task", "role", tier="fast")
    same(score_partition(frame, job), expected)
    empty = score_partition(frame.head(0), job)
    assert list(empty.columns) == ["id", "task", "role", *FIT_COLUMNS]
    assert len(empty) == 0


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_dask_gives_the_same_answers_in_several_processes(cluster, frame, expected, tmp_path):
    import dask.dataframe as dd

    from taskfit.distributed.dask import score_frame, score_parquet

    parts = dd.from_pandas(frame, npartitions=5)
    same(score_frame(parts, "task", role="role", tier="fast").compute(), expected)
    frame.to_parquet(tmp_path / "in.parquet")
    score_parquet(str(tmp_path / "in.parquet"), str(tmp_path / "out"), "task", role="role", tier="fast")
    same(pd.read_parquet(tmp_path / "out"), expected)


def test_dask_goes_on_when_a_worker_is_killed(cluster, frame, expected):
    import dask.dataframe as dd

    from taskfit.distributed.dask import score_frame

    lazy = score_frame(dd.from_pandas(frame, npartitions=8), "task", role="role", tier="fast")
    future = cluster.compute(lazy)
    victim = next(iter(cluster.run(os.getpid).values()))
    os.kill(victim, 9)
    same(future.result(timeout=120), expected)


def test_parquet_goes_to_the_cluster_that_the_environment_names(cluster, frame, tmp_path):
    import dask.config
    import dask.dataframe as dd

    from taskfit.distributed.dask import score_parquet
    from taskfit.errors import TaskfitError

    dd.from_pandas(frame.head(40), npartitions=2).to_parquet(tmp_path / "in", write_index=False)
    address = cluster.scheduler.address
    with dask.config.set({"scheduler-address": address}):
        score_parquet(str(tmp_path / "in"), str(tmp_path / "out"), "task", tier="fast")
    assert len(pd.read_parquet(tmp_path / "out")) == 40
    nowhere = {"scheduler-address": "tcp://127.0.0.1:1", "distributed.comm.timeouts.connect": "1s"}
    with dask.config.set(nowhere), pytest.raises(TaskfitError, match="no Dask scheduler answers at tcp"):
        score_parquet(str(tmp_path / "in"), str(tmp_path / "none"), "task", tier="fast")


def test_wrong_columns_are_refused_before_any_work(frame):
    dd = pytest.importorskip("dask.dataframe")
    from taskfit.distributed.dask import score_frame

    parts = dd.from_pandas(frame, npartitions=2)
    with pytest.raises(ColumnError, match="no column 'duty'"):
        score_frame(parts, "duty")
    with pytest.raises(OutputError, match="already has fit_label"):
        score_frame(parts.assign(fit_label=""), "task")


@pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed")
def test_spark_gives_the_same_answers(frame, expected, tmp_path, monkeypatch):
    sql = pytest.importorskip("pyspark.sql")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    from taskfit.distributed.spark import score_frame, score_parquet

    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    try:
        given = session.createDataFrame(frame).repartition(3)
        same(score_frame(given, "task", role="role", tier="fast").toPandas(), expected)
        given.write.parquet(str(tmp_path / "in"))
        score_parquet(str(tmp_path / "in"), str(tmp_path / "out"), "task", role="role", tier="fast")
        same(pd.read_parquet(tmp_path / "out"), expected)
        with pytest.raises(ColumnError, match="no column 'duty'"):
            score_frame(given, "duty")
    finally:
        session.stop()


def test_the_command_scores_a_folder_of_parquet(frame, expected, tmp_path):
    pytest.importorskip("dask.dataframe")
    from click.testing import CliRunner

    from taskfit.cli import main

    frame.to_parquet(tmp_path / "in.parquet")
    options = ["--engine", "dask", "--text", "task", "--role", "role", "--tier", "fast"]
    run = CliRunner().invoke(main, ["score", str(tmp_path / "in.parquet"), "-o", str(tmp_path / "out"), *options])
    assert run.exit_code == 0, run.stderr
    same(pd.read_parquet(tmp_path / "out"), expected)
    for wrong, message in ((["--resume"], "does not go with"), (["--engine", "ray"], "no engine 'ray'")):
        refused = CliRunner().invoke(main, ["score", "in", "-o", "new", *options, *wrong])
        assert refused.exit_code == 2
        assert message in refused.stderr
