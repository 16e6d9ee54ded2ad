"""The packing of rows and their labels."""

from codepmp_trainer.model.rows import label_count, labels, pack
from codepmp_trainer.model.tokens import Encoded

ROWS = [Encoded([5, 6, 7, 8, 9], 2, 4, False), Encoded([5, 6, 3], 2, 3, False)]


def test_rows_lie_in_a_line_with_their_places_in_the_padded_grid():
    packed = pack([[row] for row in ROWS])
    assert packed.ids.tolist() == [5, 6, 7, 8, 9, 5, 6, 3]
    assert packed.positions.tolist() == [0, 1, 2, 3, 4, 0, 1, 2]
    assert packed.source.tolist() == [[0, 1, 2, 3, 4], [5, 6, 7, 0, 0]]
    assert packed.place.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert packed.score.tolist() == [4, 7]


def test_what_a_group_begins_with_is_in_the_line_once():
    packed = pack([ROWS, [Encoded([4], 0, 1, False)]])
    assert packed.ids.tolist() == [5, 6, 7, 8, 9, 3, 4]
    assert packed.positions.tolist() == [0, 1, 2, 3, 4, 2, 0]
    assert packed.source.tolist() == [[0, 1, 2, 3, 4], [0, 1, 5, 0, 0], [6, 0, 0, 0, 0]]
    assert packed.place.tolist() == [0, 1, 2, 3, 4, 7, 10]
    assert packed.score.tolist() == [4, 5, 6]


def test_a_row_that_another_begins_with_has_nothing_of_its_own_in_the_line():
    packed = pack([[Encoded([5, 6, 7], 1, 3, False), Encoded([5, 6], 1, 2, False)]])
    assert (packed.ids.tolist(), packed.score.tolist()) == ([5, 6, 7], [2, 1])


def test_a_short_common_beginning_is_computed_for_each_row():
    long = [Encoded([1, *range(own, own + 20)], 1, 21, False) for own in (10, 40)]
    assert len(pack([long]).ids) == 42


def test_labels_are_the_response_tokens_of_the_rows_asked_for_each_at_the_token_before():
    packed = pack([ROWS])
    where, targets = labels(packed, ROWS, [0, 1])
    assert where.tolist() == [1, 2, 1]
    assert targets.tolist() == [7, 8, 3]
    assert labels(packed, ROWS, [1])[1].tolist() == [3]


def test_a_response_without_a_prompt_is_labelled_from_its_second_token():
    row = Encoded([4, 5, 6], 0, 3, False)
    where, targets = labels(pack([[row]]), [row], [0])
    assert (where.tolist(), targets.tolist()) == ([0, 1], [5, 6])


def test_a_row_of_the_eoc_alone_has_no_labels():
    row = Encoded([2], 0, 0, False)
    assert (label_count(row), labels(pack([[row]]), [row], [0])[1].tolist()) == (0, [])
