"""How alike a name is to the listed names. Pure: names in, explained matches out.

A name becomes tokens (`text`): every script to Latin letters, one spelling for legal forms and
business words, Chinese by pinyin and a gloss (`hanzi`; a firm's name in several `readings`). A
listed name may hold others (`listing`). Equal numbers (`identifiers`) and equal forms are found by
hash (`names`), the rest by two searches for candidates: `grams` (TF-IDF) and `slips` (two edits
anywhere). Each candidate is aligned token by token (`alignment`, `likeness`, `worth`); what then
speaks for and against it (`evidence`) is weighed by sums of trees (`trees`), whose log odds must
reach a bound (`chance`). Every number stands in `numbers` and `odds.json`; their digest, with that
of the tables, is part of the scorer's name.
"""

from .answers import (
    MATCH,
    NONE,
    POSSIBLE,
    UNSCREENABLE,
    Answer,
    Bands,
    Listed,
    Match,
    Query,
    Threshold,
)
from .index import Index
from .text import problem_with, tokens

__all__ = [
    "MATCH",
    "NONE",
    "POSSIBLE",
    "UNSCREENABLE",
    "Answer",
    "Bands",
    "Index",
    "Listed",
    "Match",
    "Query",
    "Threshold",
    "problem_with",
    "tokens",
]
