"""Scored inventories that tests write by hand: what the model said is given, so nothing is loaded."""

from taskfit.labels import DRIVERS, LABELS
from taskfit.scoring import FIT_COLUMNS

DRIVER = dict(zip("epjcl", DRIVERS, strict=True))


def scored_csv(csv_file, rows, columns=("team", "role", "task", "hours"), name="scored.csv"):
    """Write rows of (own cells, chances of the three labels, driver letters, review, status, label if decided)."""
    lines = [",".join([*columns, *FIT_COLUMNS])]
    for own, chances, letters, review, status, *decided in rows:
        label = decided[0] if decided else LABELS[chances.index(max(chances))] if chances else ""
        fit = [label, max(chances, default=""), *(chances or ["", "", ""])]
        fit += [0.9 if letter in letters else 0.01 for letter in DRIVER]
        fit += ["; ".join(DRIVER[letter] for letter in letters), str(review).lower(), status, ""]
        lines.append(",".join(f'"{cell}"' for cell in [*own, *fit]))
    return csv_file("\n".join(lines) + "\n", name)


def team(csv_file, name="scored.csv"):
    """A small team: two automatable tasks, one doubtful, one augmentable, two human-essential, one blank."""
    return scored_csv(csv_file, [
        (("North", "clerk", "Post invoices", 10), [0.96, 0.03, 0.01], "", False, "ok"),
        (("North", "clerk", "Send reminders", 6), [0.97, 0.02, 0.01], "", False, "ok"),
        (("North", "clerk", "Answer odd questions", 4), [0.45, 0.40, 0.15], "", True, "ok"),
        (("South", "analyst", "Draft the report", 8), [0.05, 0.92, 0.03], "", False, "ok"),
        (("South", "nurse", "Console a mourner", 5), [0.0, 0.02, 0.98], "e", False, "ok"),
        (("South", "nurse", "Wash a patient", 7), [0.0, 0.01, 0.99], "p", False, "ok"),
        (("South", "nurse", "", ""), [], "", False, "blank"),
    ], name=name)  # fmt: skip
