"""Is this text a task at all? Plain rules that run before the model.

They speak only where they are sure; what they let through, the model's own doubt must catch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from taskfit.text import normalise

__all__ = ["Finding", "screen"]


@dataclass(frozen=True)
class Finding:
    """What the rules found in a text.

    Parameters
    ----------
    status : str
        One word, as in the ``fit_status`` column.
    note : str
        One short sentence for a person; empty if there is nothing to say.
    has_task : bool
        Whether there is a task to label.
    review : bool
        Whether a person should look.
    """

    status: str
    note: str = ""
    has_task: bool = True
    review: bool = False


_OK = Finding("ok")
_BLANK = Finding("blank", "no task in this row", has_task=False)
_NOT_A_TASK = Finding("not_a_task", "this reads as no task; describe what is done, with a verb", False, True)
_VAGUE = Finding("vague", "too vague to act on; say what is done, to what, for whom", review=True)
_PERSONAL = Finding(
    "personal_data", "holds what looks like personal data; describe the task, not the person", review=True
)
_OTHER_LANGUAGE = Finding("other_language", "not English, which the model was trained on", review=True)
_COMPOUND = Finding("compound", "seems to hold several tasks; split it and score each", review=True)

_WORDS = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]{2,}")
# Nine digits or more in one run of digits, spaces and dashes, with a plus or a leading zero: a telephone number.
_TELEPHONE = re.compile(r"(?<![\w-])(?:\+\d|\(?0\d)[\d ()/-]{7,}\d(?!\w)")
_STAFF_NUMBER = re.compile(
    r"\b(?:staff|employee|personnel|payroll|emp)\s*(?:no|number|id|#)\.?\s*[:#]?\s*\w*\d{3,}", re.I
)
_TITLED_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Herr|Frau)\.? [A-Z][a-z]+")

_VAGUE_TEXT = re.compile(
    r"""^(?:(?:perform(?:s|ing)?|undertake|carry\ out|do|complete|handle|assist\ with|support|responsible\ for)\s+)?
    (?:any|all|and|such|various|general|misc(?:ellaneous)?|ad[\s-]?hoc)?\s*
    (?:other|related|additional|further|various|general|miscellaneous|ad[\s-]?hoc|special)\s+
    (?:related\s+|reasonable\s+|relevant\s+|general\s+)?
    (?:duties|tasks?|work|activities|projects?|responsibilities|support|stuff|things|admin)
    (?:\s+(?:as|when|where|if)\s+(?:and\s+when\s+)?(?:assigned|required|requested|needed|directed|necessary).*)?$""",
    re.I | re.X,
)
_VAGUE_WORDS = frozenset(
    "misc miscellaneous various other etc support admin administration general tbd tbc n/a na none duties tasks".split()  # noqa: SIM905
)

# Words that are frequent in one language and no words in English.
_FOREIGN_WORDS = {
    "German": "der die und für mit von zur zum bei eine einen den dem im auf sowie durch nach über werden",
    "French": "le les des du et pour avec dans une aux sur par ou auprès leur leurs",
    "Spanish": "el los las del y para con por una según sobre su sus al",
    "Italian": "il gli della delle dei degli per con una alle ai nel nella sui dal",
    "Dutch": "het een van en voor met op bij naar aan door uit te zijn",
    "Portuguese": "os dos das da do para com uma pelo pela ao nos nas",
    "Polish": "i w z na do oraz dla przez się od ze po",
}
_FOREIGN = {language: frozenset(words.split()) for language, words in _FOREIGN_WORDS.items()}
_ENGLISH = frozenset(
    "the a an and or of to for with in on at by from that as is are be all any it into their its our your new".split()  # noqa: SIM905
)

_ANY_FOREIGN = frozenset().union(*_FOREIGN.values())

# Two sentences, or two clauses joined by a semicolon, are two tasks.
_JOINED = re.compile(r"[;]\s+\w+\s+\w+|\.\s+[A-Z]\w+\s+\w+")

# So are two verbs with such words between them. What follows may be an object as well ("dates as well as amounts"): it
# reads like a verb if it has an object of its own or is hardly ever a noun; "and then" is followed by little else.
_NO_VERB = (
    "the a an any all both each every some most many few such other its his her him their them our us your you it "
    "this that these those what which who whom whose whether if when where how why as than only just even not at in "
    "on of for with to from by during after before over under through between among across within without about "
    "against into onto upon behind beside near via per including regarding concerning following"
).replace(" ", "|")
_VERBS = (
    "add advise agree analyse analyze arrange ask assess assist attend bring calculate choose collect compare compile "
    "create decide deliver discuss enter ensure explain get give handle help identify inform keep maintain make manage "
    "negotiate organise organize prepare provide reconcile remove replace resolve respond select send sort take teach "
    "tell verify write"
).replace(" ", "|")
_BEFORE_OBJECT = "the|an?|any|all|each|every|his|her|its|their|our|your|these|those"
_ALSO = re.compile(
    rf"""\b(?:and\s+then\s+(?!(?:{_NO_VERB})\b)[a-z]+\s+\w+
    |(?:and\s+also|as\s+well\s+as)\s+(?:
        (?:{_VERBS})\s+\w+
        |(?!(?:{_NO_VERB})\b)[a-z]+\s+(?:{_BEFORE_OBJECT})\b
    ))""",
    re.I | re.X,
)


def screen(text: str) -> Finding:
    """Say what kind of text stands where a task should.

    Parameters
    ----------
    text : str
        A cell of an inventory.

    Returns
    -------
    Finding
    """
    clean = normalise(text)
    if not clean:
        return _BLANK
    words = _WORDS.findall(clean)
    if not _has_words(words):
        return _NOT_A_TASK
    for finding, holds in (
        (_PERSONAL, _personal),
        (_VAGUE, _vague),
        (_OTHER_LANGUAGE, _other_language),
        (_COMPOUND, _compound),
    ):
        if holds(clean, words):
            return finding
    return _OK


def _has_words(words: list[str]) -> bool:
    # A letter grade, a unit, a formula or a code is no task; "IT" or a word in any script may be part of one.
    return sum(len(word) for word in words if len(word) > 1) >= 3


def _personal(clean: str, words: list[str]) -> bool:
    # A search only where it can find something: most tasks have neither an at sign nor a digit.
    if "@" in clean and _EMAIL.search(clean):
        return True
    if _DIGIT.search(clean) and (_TELEPHONE.search(clean) or _STAFF_NUMBER.search(clean)):
        return True
    return _TITLED_NAME.search(clean) is not None


def _vague(clean: str, words: list[str]) -> bool:
    return bool(_VAGUE_TEXT.match(clean)) or all(word.casefold() in _VAGUE_WORDS for word in words)


def _other_language(clean: str, words: list[str]) -> bool:
    folded = [word.casefold() for word in words]
    letters = "".join(folded)
    if not letters.isascii() and sum(ord(letter) > 0x24F for letter in letters) > len(letters) / 2:
        return True  # beyond Latin script
    if _ANY_FOREIGN.isdisjoint(folded):
        return False
    english = sum(word in _ENGLISH for word in folded)
    foreign = max(sum(word in known for word in folded) for known in _FOREIGN.values())
    return foreign >= 2 and foreign > 2 * english


def _compound(clean: str, words: list[str]) -> bool:
    return bool(_ALSO.search(clean)) or (len(words) >= 8 and bool(_JOINED.search(clean)))
