"""The hand-written half of examples/outdoor-shop: assortment, suppliers, warehouses, lanes and promotions.

Prices and order minimums are in the supplier's currency.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Record = dict[str, Any]

USD = 0.92
STORAGE = {"KASSEL": 150.0, "MUNICH": 18.0, "HAMBURG": 15.0}
SHARE = {"KASSEL": 0.5, "MUNICH": 0.3, "HAMBURG": 0.2}

# Weekly demand against the average, from the week of Black Friday to the third week of February.
SEASON = {
    "summer": (0.9, 0.6, 0.6, 0.6, 0.5, 0.4, 0.5, 0.6, 0.8, 0.9, 1.1, 1.3, 1.5),
    "winter": (1.3, 1.3, 1.4, 1.5, 1.1, 0.7, 0.8, 1.0, 1.1, 1.1, 1.0, 0.9, 0.8),
    "gift": (1.6, 1.5, 1.7, 1.9, 1.2, 0.5, 0.5, 0.6, 0.6, 0.7, 0.7, 0.7, 0.7),
    "steady": (1.1, 1.0, 1.1, 1.2, 0.9, 0.8, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
}


class Article(NamedTuple):
    """One article: price, volume [m3], units a week over all warehouses, pack, minimum order."""

    item: str
    description: str
    season: str
    supplier: str
    price: float
    volume: float
    weekly: float
    pack: int
    minimum: int


ASSORTMENT = """
TENT-LUMI-1     | Solo tent Lumi                     | summer | ALPEN  | 98.00  | 0.015  | 30  | 2  | 4
TENT-LUMI-2     | Trekking tent Lumi, 2 persons      | summer | ALPEN  | 139.00 | 0.022  | 55  | 2  | 6
TENT-LUMI-3     | Trekking tent Lumi, 3 persons      | summer | ALPEN  | 172.00 | 0.028  | 35  | 2  | 4
TENT-FJORD-2    | Four-season tent Fjord, 2 persons  | winter | ALPEN  | 268.00 | 0.026  | 20  | 1  | 2
TENT-FJORD-4    | Four-season tent Fjord, 4 persons  | winter | ALPEN  | 355.00 | 0.041  | 10  | 1  | 2
TENT-CAMP-4     | Family tent Camp, 4 persons        | summer | ALPEN  | 189.00 | 0.075  | 30  | 1  | 4
TENT-CAMP-6     | Family tent Camp, 6 persons        | summer | ALPEN  | 256.00 | 0.110  | 20  | 1  | 3
TENT-AURORA-2   | Ultralight tent Aurora (launch)    | summer | ALPEN  | 214.00 | 0.016  | 45  | 2  | 6
TARP-3X3        | Tarp 3 x 3 m, silnylon             | summer | ALPEN  | 46.00  | 0.006  | 40  | 4  | 8
TARP-4X5        | Group tarp 4 x 5 m                 | summer | ALPEN  | 71.00  | 0.010  | 20  | 2  | 4
PEGS-ALU-10     | Aluminium pegs, set of 10          | steady | ALPEN  | 6.20   | 0.0006 | 110 | 20 | 40
FOOTPRINT-2     | Footprint for tents of 2 persons   | summer | ALPEN  | 17.50  | 0.003  | 70  | 5  | 10
BAG-DOWN-M10    | Down sleeping bag, -10 C           | winter | NORD   | 164.00 | 0.018  | 40  | 2  | 6
BAG-DOWN-0      | Down sleeping bag, 0 C             | steady | NORD   | 118.00 | 0.014  | 45  | 2  | 6
BAG-SYN-M5      | Synthetic sleeping bag, -5 C       | winter | NORD   | 62.00  | 0.026  | 60  | 4  | 8
BAG-SYN-5       | Synthetic sleeping bag, 5 C        | summer | NORD   | 41.00  | 0.022  | 60  | 4  | 12
BAG-KIDS        | Growing sleeping bag for children  | gift   | NORD   | 36.00  | 0.019  | 45  | 4  | 8
LINER-SILK      | Silk liner                         | gift   | NORD   | 27.00  | 0.001  | 50  | 5  | 10
MAT-AIR-R       | Air mat, regular                   | steady | NORD   | 52.00  | 0.004  | 75  | 4  | 12
MAT-AIR-L       | Air mat, long and wide             | steady | NORD   | 64.00  | 0.005  | 45  | 4  | 8
MAT-WINTER      | Down-filled mat for winter         | winter | NORD   | 98.00  | 0.006  | 30  | 2  | 4
MAT-FOAM        | Folding foam mat                   | steady | NORD   | 14.50  | 0.021  | 100 | 10 | 20
PILLOW-AIR      | Inflatable pillow                  | gift   | NORD   | 11.00  | 0.001  | 120 | 12 | 24
STOVE-GAS-S     | Gas stove Ember, screw-on          | gift   | KINSEI | 21.00  | 0.001  | 110 | 12 | 24
STOVE-GAS-W     | Gas stove Ember with windshield    | gift   | KINSEI | 58.00  | 0.003  | 50  | 6  | 12
STOVE-MULTI     | Multi-fuel stove Glow              | winter | KINSEI | 79.00  | 0.003  | 25  | 4  | 8
STOVE-WOOD      | Folding wood stove                 | gift   | KINSEI | 24.50  | 0.004  | 45  | 6  | 12
POT-TI-900      | Titanium pot, 900 ml               | gift   | KINSEI | 26.50  | 0.002  | 70  | 6  | 12
POT-SET-ALU     | Cook set for 2, aluminium          | steady | KINSEI | 22.00  | 0.005  | 60  | 8  | 16
MUG-TI          | Titanium mug, double wall          | gift   | KINSEI | 15.80  | 0.001  | 130 | 12 | 24
SPORK-TI        | Titanium spork                     | gift   | KINSEI | 6.90   | 0.0002 | 220 | 20 | 40
BOTTLE-INS-1    | Insulated bottle, 1 l              | gift   | KINSEI | 13.50  | 0.003  | 190 | 12 | 48
BOTTLE-STEEL    | Steel bottle, 0.75 l               | steady | KINSEI | 7.90   | 0.002  | 150 | 24 | 48
LAMP-HEAD-300   | Headlamp, 300 lm                   | gift   | KINSEI | 14.20  | 0.0006 | 170 | 10 | 40
LAMP-HEAD-600   | Headlamp, 600 lm, rechargeable     | gift   | KINSEI | 27.00  | 0.0007 | 100 | 10 | 20
LANTERN-USB     | Camping lantern, USB               | gift   | KINSEI | 18.50  | 0.002  | 75  | 8  | 16
KNIFE-POCKET    | Pocket knife, 8 tools              | gift   | KINSEI | 12.40  | 0.0004 | 140 | 20 | 40
POLES-CARBON    | Trekking poles, carbon             | steady | KINSEI | 39.00  | 0.005  | 55  | 6  | 12
POLES-ALU       | Trekking poles, aluminium          | steady | KINSEI | 18.00  | 0.006  | 75  | 6  | 24
PACK-DAY-22     | Daypack, 22 l                      | gift   | RIDGE  | 34.00  | 0.010  | 100 | 6  | 12
PACK-DAY-30     | Daypack, 30 l                      | steady | RIDGE  | 47.00  | 0.013  | 65  | 6  | 12
PACK-TREK-50    | Trekking pack, 50 l                | summer | RIDGE  | 92.00  | 0.030  | 45  | 3  | 6
PACK-TREK-65    | Trekking pack, 65 l                | summer | RIDGE  | 108.00 | 0.038  | 35  | 3  | 6
PACK-KIDS-12    | Children's pack, 12 l              | gift   | RIDGE  | 21.00  | 0.007  | 60  | 6  | 12
DUFFEL-60       | Duffel bag, 60 l                   | gift   | RIDGE  | 38.00  | 0.012  | 50  | 6  | 12
DRYBAG-20       | Dry bag, 20 l                      | steady | RIDGE  | 11.80  | 0.001  | 130 | 12 | 24
JACKET-SHELL    | Shell jacket, 3 layers             | steady | RIDGE  | 119.00 | 0.008  | 60  | 4  | 8
JACKET-DOWN     | Down jacket                        | winter | RIDGE  | 98.00  | 0.011  | 90  | 4  | 12
JACKET-DOWN-25  | Down jacket, last season's colour  | winter | RIDGE  | 92.00  | 0.011  | 30  | 4  | 12
FLEECE-GRID     | Grid fleece                        | winter | RIDGE  | 31.00  | 0.006  | 120 | 6  | 24
BASE-MERINO     | Merino base layer                  | winter | RIDGE  | 29.50  | 0.002  | 150 | 6  | 24
GLOVES-WOOL     | Wool gloves                        | gift   | RIDGE  | 12.60  | 0.001  | 160 | 12 | 24
HAT-MERINO      | Merino hat                         | gift   | RIDGE  | 9.40   | 0.001  | 180 | 12 | 24
GAITERS         | Gaiters                            | winter | RIDGE  | 19.50  | 0.003  | 55  | 6  | 12
BAR-NUT         | Energy bar, nut, box of 24         | steady | HOFGUT | 19.20  | 0.004  | 170 | 6  | 12
BAR-DATE        | Energy bar, date, box of 24        | steady | HOFGUT | 18.40  | 0.004  | 140 | 6  | 12
MEAL-CURRY      | Trekking meal, curry, box of 8     | steady | HOFGUT | 31.00  | 0.009  | 70  | 4  | 8
MEAL-PASTA      | Trekking meal, pasta, box of 8     | steady | HOFGUT | 29.00  | 0.009  | 80  | 4  | 8
GAS-230         | Gas cartridge, 230 g, box of 12    | steady | HOFGUT | 38.00  | 0.011  | 90  | 5  | 10
WAX-SHOE        | Beeswax for boots, box of 12       | winter | HOFGUT | 33.00  | 0.003  | 35  | 2  | 4
"""

# Days from order to receipt, freight as a share of the goods value, warehouses served.
TERMS: dict[str, tuple[float, float, tuple[str, ...]]] = {
    "ALPEN": (12, 0.02, ("KASSEL", "MUNICH")),
    "NORD": (20, 0.02, ("KASSEL",)),
    "KINSEI": (41, 0.09, ("KASSEL",)),
    "RIDGE": (33, 0.06, ("KASSEL",)),
    "HOFGUT": (5, 0.0, ("KASSEL", "MUNICH", "HAMBURG")),
}

SUPPLIERS: list[Record] = [
    {
        "supplier": "ALPEN",
        "name": "Alpenzelt GmbH",
        "currency": "EUR",
        "fixed_order_cost": 45,
        "order_every": 2,
        "minimum_order_value": 1200,
        "payment_terms": {"net_days": 30, "from": "receipt"},
    },
    {
        "supplier": "NORD",
        "name": "Nordlicht Schlafsysteme",
        "currency": "EUR",
        "fixed_order_cost": 75,
        "order_every": 2,
        "minimum_order_value": 1500,
        "closures": [{"first": "2026-12-21", "last": "2027-01-03"}],
    },
    {
        "supplier": "KINSEI",
        "name": "Kinsei Metalworks",
        "currency": "USD",
        "fixed_order_cost": 160,
        "minimum_order_value": 2500,
        "maximum_order_value": 200000,
        "order_discounts": [{"minimum_order_value": 45000, "discount": 0.03}],
        "payment_terms": {"deposit": 0.3, "net_days": 0, "from": "receipt"},
        "order_every": 4,
    },
    {
        "supplier": "RIDGE",
        "name": "Ridgeline Gear Inc.",
        "currency": "USD",
        "fixed_order_cost": 140,
        "order_every": 4,
        "order_from": "2026-11-30",
        "minimum_order_value": 3000,
        "order_discounts": [
            {"minimum_order_value": 40000, "discount": 0.02},
            {"minimum_order_value": 80000, "discount": 0.04},
        ],
    },
    {
        "supplier": "HOFGUT",
        "name": "Hofgut Bergbrot",
        "currency": "EUR",
        "fixed_order_cost": 15,
        "minimum_order_value": 300,
        "capacity": {"units": 950},
    },
    {
        "supplier": "TREK",
        "name": "Trekhaus Wholesale",
        "currency": "EUR",
        "fixed_order_cost": 25,
        "minimum_order_value": 400,
    },
]

WAREHOUSES: list[Record] = [
    {
        "warehouse": "KASSEL",
        "name": "Central warehouse Kassel (web shop)",
        "capacity": {"m3": STORAGE["KASSEL"]},
    },
    {"warehouse": "MUNICH", "name": "Store Munich", "capacity": {"m3": STORAGE["MUNICH"]}},
    {"warehouse": "HAMBURG", "name": "Store Hamburg", "capacity": {"m3": STORAGE["HAMBURG"]}},
]

LANES: list[Record] = [
    {
        "from": "KASSEL",
        "to": "MUNICH",
        "lead_time": 2,
        "unit_cost": 0.40,
        "fixed_cost": 45,
        "capacity": {"m3": 60},
    },
    {
        "from": "KASSEL",
        "to": "HAMBURG",
        "lead_time": 2,
        "unit_cost": 0.45,
        "fixed_cost": 50,
        "capacity": {"m3": 40},
    },
]

PROMOTIONS: list[Record] = [
    {"item": "LAMP-HEAD-300", "first": "2026-11-23", "last": "2026-11-30", "uplift": 1.8, "uplift_sd": 0.3},
    {"item": "BOTTLE-INS-1", "first": "2026-11-23", "last": "2026-11-30", "uplift": 1.6, "uplift_sd": 0.3},
    {"item": "JACKET-DOWN-25", "first": "2027-01-04", "last": "2027-01-31", "uplift": 1.7, "uplift_sd": 0.25},
    {"item": "MAT-WINTER", "warehouse": "MUNICH", "first": "2026-12-07", "last": "2026-12-13", "uplift": 1.5},
    {"item": "TENT-AURORA-2", "first": "2027-01-18", "last": "2027-01-31", "uplift": 1.6, "uplift_sd": 0.5},
    {"item": "PACK-TREK-50", "first": "2027-02-01", "last": "2027-02-14", "uplift": 1.4, "uplift_sd": 0.2},
]

# What is special about an item.
EXTRAS: dict[str, Record] = {
    "BAR-NUT": {"max_cover_days": 35},
    "BAR-DATE": {"max_cover_days": 35},
    "MEAL-CURRY": {"max_cover_days": 70},
    "MEAL-PASTA": {"max_cover_days": 70},
    "GAS-230": {"service_level": 0.95},
    "PEGS-ALU-10": {"service_level": 0.97},
    "BAG-DOWN-0": {"service_level": 0.9},
    "JACKET-SHELL": {"service_level": 0.9},
    "LAMP-HEAD-300": {"service_level": 0.95},
    "MUG-TI": {"safety_stock": 40},
    "BOTTLE-STEEL": {"safety_stock": 50},
    "JACKET-DOWN-25": {"phase_out": "2027-01-31"},
    "TENT-AURORA-2": {"priority": 2},
}


def articles() -> list[Article]:
    """Return the assortment, one article a line."""
    found = []
    for line in ASSORTMENT.strip().splitlines():
        item, description, season, supplier, *numbers = (cell.strip() for cell in line.split("|"))
        price, volume, weekly, pack, minimum = numbers
        found.append(
            Article(
                item,
                description,
                season,
                supplier,
                float(price),
                float(volume),
                float(weekly),
                int(pack),
                int(minimum),
            )
        )
    return found


def landed(article: Article) -> float:
    """Return what a unit of the article costs at its own supplier, freight included [EUR]."""
    rate = USD if article.supplier in ("KINSEI", "RIDGE") else 1.0
    return article.price * rate * (1 + TERMS[article.supplier][1])
