"""How is a whole inventory scored? Screen, encode, decide, row by row."""

from taskfit.scoring.assess import Assessment, Model, load
from taskfit.scoring.columns import FIT_COLUMNS, kept_columns
from taskfit.scoring.frame import score_frame
from taskfit.scoring.overrides import DECISION_COLUMNS, read_overrides, settled
from taskfit.scoring.stream import ScoredChunk, Tally, score_rows

__all__ = [
    "DECISION_COLUMNS",
    "FIT_COLUMNS",
    "Assessment",
    "Model",
    "ScoredChunk",
    "Tally",
    "kept_columns",
    "load",
    "read_overrides",
    "score_frame",
    "score_rows",
    "settled",
]
