"""Every number that decides how alike names are; their digest is part of the scorer's name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbers:
    # worth of a token, as a factor or in place of its rarity (0.12 common to 1.0 rare)
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
    ratio: float = 50.0  # of the telling words; below it no alignment is tried
    nearest: int = 20
    nearest_weak: int = 40
    # bounds of the named rules
    lone: float = 0.62
    one_edit: float = 0.68
    brand: float = 0.78
    two_edits: float = 0.70
    whole: float = 0.80
    joined: float = 0.82
    alone: float = 0.75  # worth of a firm's only telling word when another is missing
    whole_of_person: float = 1.1  # worth of all words when one is missing
    whole_of_other: float = 0.6
    beside: float = 0.6  # worth of equal words beside a short word with slips
    beside_of_person: float = 0.8
    letters: int = 8  # of the whole name, for two slips anywhere in it
    # log odds of slips rather than another name: weights in the order of chance.SIGNS (bench.fit)
    slips_of_person: tuple[float, ...] = (
        *(-6.83, 5.47, -3.68, 0.14, -1.95, 2.19, 1.74, -0.49, 4.57, 3.46, 1.78, -4.57, -0.14, -1.43),
    )
    slips_of_other: tuple[float, ...] = (
        *(-3.17, 5.07, -3.86, 0.17, -0.61, 1.75, 0.75, -1.51, 3.68, -0.84, -2.27, 0.0, -0.31, -5.85),
    )
    # and what they must reach
    one_slip_of_person: float = 0.0
    one_slip_of_other: float = 1.0
    more_slips_of_person: float = 2.5
    more_slips_of_other: float = 1.5
    # ceilings and factors of what is shown
    same_letters: float = 0.99
    same_core: float = 0.97
    fuzzy: float = 0.97
    weak_alias: float = 0.95
    kind_factor: float = 0.97
    same_birth: float = 0.02
    equal_but_birth: float = 0.03  # share taken off an equal name born in another year


NUMBERS = Numbers()
