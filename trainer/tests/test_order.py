"""The order of presentations and the shares of ranks."""

import pytest

from codepmp_trainer.training.order import Order, chunks, share


def order(**changes) -> Order:
    return Order(**{"rows": 7, "presentations": 21, "batch_size": 4, "seed": 1, **changes})


def all_rows(order: Order) -> list[int]:
    return [row for step in range(order.steps) for row in order.batch(step)]


def test_each_epoch_shows_every_pair_once_in_an_order_of_its_own():
    shown = all_rows(order())
    epochs = [shown[start : start + 7] for start in (0, 7, 14)]
    assert all(sorted(epoch) == list(range(7)) for epoch in epochs)
    assert epochs[0] != epochs[1]


def test_a_batch_is_found_without_the_ones_before_it():
    one = order()
    assert [order().batch(step) for step in (5, 0, 3)] == [one.batch(step) for step in (5, 0, 3)]


def test_the_seed_decides_the_order():
    assert all_rows(order()) == all_rows(order())
    assert all_rows(order()) != all_rows(order(seed=2))


@pytest.mark.parametrize(("presentations", "steps", "last"), [(3, 1, 3), (8, 2, 4), (9, 3, 1), (30, 8, 2)])
def test_the_number_of_presentations_is_kept_and_epochs_repeat_up_to_it(presentations, steps, last):
    one = order(presentations=presentations)
    assert one.steps == steps
    assert len(one.batch(steps - 1)) == last
    assert len(all_rows(one)) == presentations


@pytest.mark.parametrize("world", [1, 2, 3, 5])
def test_the_ranks_share_a_batch_without_loss_and_evenly(world):
    for count in range(8):
        parts = [share(range(count), rank, world) for rank in range(world)]
        assert [item for part in parts for item in part] == list(range(count))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_chunks_cover_everything_in_order():
    assert [list(part) for part in chunks([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
