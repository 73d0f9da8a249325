"""How do we use a cluster? One pure function over partitions; the engines are Dask and Spark, if installed."""
