"""Words set beside each other: what is the same, alike, and different."""

import pytest

from compliance.highlighting import DIFFERS, NEAR, PLAIN, SAME, Piece, common, fold, marked


def test_each_word_by_the_best_it_finds_on_the_other_side():
    assert marked("Pelagik Dawn (HK) Ltd", ["PELAGIC DAWN CO., LTD.", "Peladawn"]) == [
        Piece("Pelagik", NEAR),
        Piece(" ", PLAIN),
        Piece("Dawn", SAME),
        Piece(" (", PLAIN),
        Piece("HK", DIFFERS),
        Piece(") ", PLAIN),
        Piece("Ltd", SAME),
    ]


def test_words_of_one_kind_stand_together_with_what_parts_them():
    assert marked("Dawn Systems, Ltd", ["ltd systems dawn"]) == [Piece("Dawn Systems, Ltd", SAME)]


def test_the_text_comes_back_whole():
    text = "  Société «Étoile», 2-й дом\n"
    assert "".join(piece.text for piece in marked(text, ["societe etoile"])) == text


@pytest.mark.parametrize("beside", [[], [""], ["..."]])
def test_with_nothing_beside_it_nothing_is_marked(beside):
    assert {piece.kind for piece in marked("Pelagik Dawn", beside)} == {PLAIN}


def test_accents_case_and_signs_make_no_difference():
    assert fold("É-toile's") == "etoiles"
    assert common("Unit 4, Harbour Gate", "HARBOUR gate, Unit 9") == 3
    assert common("", "") == 0
