"""The packing of rows and their labels."""

from codepmp_trainer.model.rows import labels, pack
from codepmp_trainer.model.tokens import Encoded

ROWS = [Encoded([5, 6, 7, 8, 9], 2, 4, False), Encoded([5, 6, 3], 2, 3, False)]


def test_rows_lie_in_a_line_with_their_places_in_the_padded_grid():
    packed = pack(ROWS)
    assert packed.ids.tolist() == [5, 6, 7, 8, 9, 5, 6, 3]
    assert packed.positions.tolist() == [0, 1, 2, 3, 4, 0, 1, 2]
    assert packed.place.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert (packed.count, packed.length) == (2, 5)
    assert packed.score.tolist() == [4, 7]


def test_labels_are_the_response_tokens_of_the_rows_asked_for_each_at_the_token_before():
    where, targets = labels(ROWS, [0, 1])
    assert where.tolist() == [1, 2, 6]
    assert targets.tolist() == [7, 8, 3]
    assert labels(ROWS, [1])[1].tolist() == [3]


def test_a_response_without_a_prompt_is_labelled_from_its_second_token():
    where, targets = labels([Encoded([4, 5, 6], 0, 3, False)], [0])
    assert (where.tolist(), targets.tolist()) == ([0, 1], [5, 6])
