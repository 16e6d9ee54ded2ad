"""Learning-rate factors, step by step."""

import math

import pytest

from codepmp_trainer.training.schedule import lr_factor

WSD = {"kind": "wsd", "lr": 1.0, "warmup": 0.03, "decay": 0.1, "decay_shape": "linear"}
WCD = {"kind": "wcd", "lr": 1.0, "warmup": 0.03}


def table(schedule: dict, steps: int) -> list[float]:
    return [lr_factor(schedule, step, steps) for step in range(steps)]


def test_wsd_of_the_published_run_warms_up_824_steps_and_is_stable_to_24712():
    factors = table(WSD, 27_458)
    assert factors[0] == 1 / 824
    assert factors[822] < 1 == factors[823]
    assert set(factors[823:24_712]) == {1.0}
    assert factors[24_712] < 1
    assert len(factors[24_712:]) == 2_746


def test_wsd_of_ten_steps():
    schedule = {**WSD, "warmup": 0.2, "decay": 0.4}
    assert table(schedule, 10) == pytest.approx([0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])


@pytest.mark.parametrize(
    ("shape", "end"),
    [
        ("linear", [0.75, 0.5, 0.25]),
        ("cosine", [0.5 + 0.5 * math.sqrt(0.5), 0.5, 0.5 - 0.5 * math.sqrt(0.5)]),
        ("1-sqrt", [0.5, 1 - math.sqrt(0.5), 1 - math.sqrt(0.75)]),
    ],
)
def test_the_decay_of_wsd_has_the_shape_that_is_named(shape, end):
    assert table({**WSD, "warmup": 0, "decay": 0.3, "decay_shape": shape}, 10)[7:] == pytest.approx(end)
    rest = {"kind": "decay", "lr": 1.0, "decay_shape": shape, "begin": 7}
    assert [lr_factor(rest, step, 10) for step in range(7, 10)] == pytest.approx(end)


def test_wcd_warms_up_and_follows_a_half_cosine():
    factors = table({**WCD, "warmup": 0.2}, 10)
    assert factors == pytest.approx(
        [0.5, 1, *[0.5 * (1 + math.cos(math.pi * k / 8)) for k in range(8)]][:2]
        + [0.5 * (1 + math.cos(math.pi * k / 8)) for k in range(8)]
    )


@pytest.mark.parametrize("schedule", [WSD, WCD, {**WSD, "warmup": 1.0}, {**WSD, "decay": 1.0, "warmup": 1.0}])
@pytest.mark.parametrize("steps", [1, 2, 7, 100])
def test_every_step_counts(schedule, steps):
    assert all(0 < factor <= 1 for factor in table(schedule, steps))


def test_a_fraction_of_a_round_number_is_not_rounded_up_by_its_float_error():
    assert lr_factor({**WSD, "warmup": 0.07}, 6, 100) == 1
