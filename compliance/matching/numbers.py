"""Every number that decides how alike names are; their digest is part of the scorer's name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbers:
    # worth of a token, as a factor or in place of its rarity (0.12 common to 1.0 rare)
    names: int = 34_000  # of the list the numbers were set on; in a shorter one few are common
    legal: float = 0.04
    industry: float = 0.55
    particle: float = 0.10
    # cost of a token without partner, as a factor of its worth
    extra_of_person: float = 0.85
    extra_of_other: float = 1.0
    missing_first: float = 0.22
    missing_first_chinese: float = 0.7
    missing_next: float = 0.55
    # taken off the score
    family_missing: float = 0.12
    real_word: float = 0.15
    other_kind: float = 0.07
    other_country: float = 0.02
    other_birth: float = 0.10
    # candidates
    cosine: float = 0.44
    cosine_weak: float = 0.26
    weak_ratio: float = 74.0
    ratio: float = 60.0  # of the telling words; below it no alignment is tried
    nearest: int = 20
    nearest_weak: int = 40
    letters: int = 8  # of the whole name, for two slips anywhere in it
    hopeless: float = 0.4  # likeness below which only slips of the whole name are weighed
    letters_of_brand: int = 6  # of a firm's word that is enough without those of its trade
    names_of_brand: int = 3  # in which that word is listed, at most
    # what the log odds must reach (chance.way)
    fewer_words_of_person: float = 0.5
    fewer_words_of_other: float = 0.2
    one_slip_of_person: float = -0.8
    one_slip_of_other: float = -1.5
    two_slips_of_person: float = 2.4
    two_slips_of_other: float = 1.2
    unlike_of_person: float = 4.2
    unlike_of_other: float = 3.0
    # ceilings and factors of what is shown
    same_letters: float = 0.99
    same_core: float = 0.97
    fuzzy: float = 0.97
    weak_alias: float = 0.95
    kind_factor: float = 0.97
    same_birth: float = 0.02
    namesake: float = 0.03  # off an equal name when birth date, country or number differ


NUMBERS = Numbers()


@dataclass(frozen=True)
class ArabicNumbers:
    """What names in Arabic letters are weighed by: their vowels are mostly not written."""

    read: float = 0.97  # of a score, since vowels are not written
    held: float = 0.45  # share of the query's worth that a name must hold to be looked at
    unlike_vowel: float = 0.15
    one_sign: float = 0.7
    extra: float = 0.9  # of the worth of a word asked for and not listed
    missing_first: float = 0.25  # of the worth of the first listed word not asked for
    missing_next: float = 0.5  # and of each further one
    possible_from: float = 0.8
    fewest_bones: int = 4
    firm: float = 0.9  # worth of equal words when others are missing
    firm_beside: float = 1.0  # and beside words that are not equal


BONES = ArabicNumbers()
