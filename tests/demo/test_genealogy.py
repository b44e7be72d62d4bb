import numpy as np
import pytest

from knockon.demo.genealogy import (
    CUSTOMERS,
    LEVEL_WEIGHTS,
    LEVELS,
    SHIPMENT_LEVEL,
    YIELD,
    grow_genealogy,
)

LINKS = 60_000


@pytest.fixture(scope="module")
def plant():
    return grow_genealogy(LINKS, seed=1)


def test_one_seed_gives_one_plant(plant):
    again, other = grow_genealogy(LINKS, seed=1), grow_genealogy(LINKS, seed=2)

    assert np.array_equal(plant.source, again.source)
    assert np.array_equal(plant.taken, again.taken)
    assert not np.array_equal(plant.source[: len(other.source)], other.source[: len(plant.source)])


def test_material_only_goes_on_in_time(plant):
    assert np.all(plant.source < plant.target)
    assert np.all(plant.at_us[plant.source] <= plant.at_us[plant.target])
    assert len(plant.source) >= LINKS


def test_nothing_comes_from_nowhere(plant):
    lots = len(plant.level)
    taken_in = np.bincount(plant.target, weights=plant.taken, minlength=lots)
    given_out = np.bincount(plant.source, weights=plant.taken, minlength=lots)
    made = plant.level > 0

    assert np.allclose(plant.qty[made], YIELD * taken_in[made])
    assert np.all(given_out <= plant.qty + 1e-6)
    assert np.all(taken_in[~made] == 0)


def test_levels_are_as_frequent_as_they_should_be(plant):
    share = np.bincount(plant.level, minlength=LEVELS) / len(plant.level)

    assert share == pytest.approx(np.array(LEVEL_WEIGHTS), abs=0.01)


def test_every_shipment_belongs_to_an_order_of_a_customer(plant):
    shipped = plant.level == SHIPMENT_LEVEL

    assert np.all(plant.order[shipped] >= 0)
    assert np.all(plant.order[~shipped] == -1)
    assert plant.order.max() == len(plant.customer) - 1
    assert plant.customer.max() < CUSTOMERS
    assert not np.isin(np.flatnonzero(shipped), plant.source).any()


def test_lots_feed_few_others_mostly_and_very_many_seldom(plant):
    fan_out = np.bincount(plant.source, minlength=len(plant.level))
    fan_in = np.bincount(plant.target)[plant.level > 0]

    assert 1.9 < fan_in.mean() < 2.3
    assert fan_out.max() > 100
    assert np.median(fan_out[plant.level < SHIPMENT_LEVEL]) <= 2
