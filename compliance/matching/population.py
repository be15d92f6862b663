"""Surnames of a population at large: a word that is one is seldom a slip of another name.

`surnames.txt.gz` holds those that 100 people or more bore in the United States census of 2010
(public domain), families from everywhere among them. It is of no list and of no generator.
"""

import gzip
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("surnames.txt.gz")


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    """In small Latin letters. Read once for each process, in about 0.1 s."""
    return frozenset(gzip.decompress(FILE.read_bytes()).decode().split())
