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
    # little matched worth raises the bound
    evidence: float = 1.25
    evidence_slope: float = 0.08
    # candidates
    cosine: float = 0.44
    cosine_weak: float = 0.26
    weak_ratio: float = 74.0
    ratio: float = 60.0  # of the telling words; below it no alignment is tried
    nearest: int = 20
    nearest_weak: int = 40
    # bounds of the named rules
    lone: float = 0.62
    one_edit: float = 0.68
    brand: float = 0.78
    two_edits: float = 0.70
    whole: float = 0.80
    joined: float = 0.82
    alone: float = 0.5  # worth of a firm's only telling word when another is missing
    telling: float = 0.4  # worth of a word that is more than the industry's
    whole_of_person: float = 0.8  # worth of all words when one is missing
    whole_of_other: float = 0.6
    beside: float = 0.6  # worth of equal words beside a short word with slips
    beside_of_person: float = 0.8
    letters: int = 8  # of the whole name, for two slips anywhere in it
    letters_of_word: int = 5  # of a name that is one word, for two slips in it
    letters_of_code: int = 4  # below it a firm's whole name, or each of its words, is initials
    # log odds of slips rather than another name: weights in the order of chance.SIGNS (bench.fit)
    slips_of_person: tuple[float, ...] = (
        -6.83,  # bias
        5.47,  # worth found again
        -3.68,  # worth of unlike words
        0.14,  # surprise of their letters
        -1.95,  # unlike words that are listed names themselves
        2.19,  # letters swapped or doubled
        1.74,  # words left over
        -0.49,  # words missing
        4.57,  # nothing left over or missing
        3.46,  # one telling word
        1.78,  # other legal forms
        -4.57,  # a Chinese name
        -0.14,  # listed without a kind
        -1.43,  # one is a person and one is not
    )
    slips_of_other: tuple[float, ...] = (
        -3.17,  # bias
        5.07,  # worth found again
        -3.86,  # worth of unlike words
        0.17,  # surprise of their letters
        -0.61,  # unlike words that are listed names themselves
        1.75,  # letters swapped or doubled
        0.75,  # words left over
        -1.51,  # words missing
        3.68,  # nothing left over or missing
        -0.84,  # one telling word
        -2.27,  # other legal forms
        0.0,  # a Chinese name
        -0.31,  # listed without a kind
        -5.85,  # one is a person and one is not
    )
    # and what they must reach
    one_slip_of_person: float = 1.0
    one_slip_of_other: float = 1.1
    more_slips_of_person: float = 3.25
    more_slips_of_other: float = 1.3
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
