import csv
from concurrent.futures import ThreadPoolExecutor

from taskfit.encoders import tokens as module
from taskfit.encoders.tokens import Tokens
from taskfit.text import bare

HOSTILE = [
    "", " ", "IT", "co-operate (re-)check e.g. 3.5 % of £2,000", "naïve façade Ünïcode", "会議の予定を立てる",
    "[SEP] [CLS] [UNK]", "a" * 5000, "word " * 2000, "x\u0301y ½ ﬁ", "tab\tand\nline", "emoji 🙂 ok", "don't can't",
]  # fmt: skip


def whole(tokens, text):
    """What the library says of the whole text."""
    return tokens.library.encode(bare(text)).ids


def test_words_read_one_by_one_give_the_tokens_of_the_whole_text(encoder, root):
    tokens = Tokens(encoder.tokens.tokenizer, 256)
    with (root / "data" / "tasks.csv").open(encoding="utf-8") as file:
        texts = [row["task"] for row in csv.DictReader(file)] + HOSTILE
    found = tokens.ids(texts)
    assert [text for text, ids in zip(texts, found, strict=True) if ids != whole(tokens, text)] == []
    assert tokens.ids(texts[:50]) == found[:50]


def test_long_texts_are_cut_with_both_marks(encoder):
    tokens = Tokens(encoder.tokens.tokenizer, 16)
    ids = tokens.ids(["word " * 40])[0]
    assert len(ids) == 16
    assert ids == whole(tokens, "word " * 40)


def test_threads_may_forget_while_others_read(encoder, monkeypatch):
    monkeypatch.setattr(module, "_REMEMBERED", 20)
    shared, alone = Tokens(encoder.tokens.tokenizer, 64), Tokens(encoder.tokens.tokenizer, 64)
    texts = [f"{word}{number} reports" for word in ("match", "post", "copy") for number in range(60)]
    expected = [alone.ids([text])[0] for text in texts[:30]]
    parts = [texts[at : at + 3] for at in range(0, 180, 3)] * 20
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(shared.ids, parts))
    assert [ids for part in found[:10] for ids in part] == expected
    memory = shared._pieces
    shared.ids([" ".join(f"word{number}" for number in range(30))])
    assert shared._pieces is not memory
    assert memory
