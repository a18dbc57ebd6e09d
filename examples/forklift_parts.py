"""The hand-written half of examples/spare-parts: parts, suppliers and the warehouse.

Prices, order minimums and container costs are in the supplier's currency.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Record = dict[str, Any]

USD = 0.92
WAREHOUSE = "DUISBURG"


class Part(NamedTuple):
    """One part: price, volume [m3], units a week, pack, minimum order."""

    item: str
    description: str
    supplier: str
    price: float
    volume: float
    weekly: float
    pack: int
    minimum: int


PARTS = """
TYRE-SOLID-18x7     | Solid tyre 18 x 7-8                 | SHANDONG | 62.00  | 0.075  | 6   | 4  | 8
TYRE-SOLID-600-9    | Solid tyre 6.00-9                   | SHANDONG | 84.00  | 0.105  | 5.2 | 2  | 8
TYRE-SOLID-650-10   | Solid tyre 6.50-10                  | SHANDONG | 105.00 | 0.140  | 4.4 | 2  | 6
TYRE-SOLID-28x9     | Solid tyre 28 x 9-15                | SHANDONG | 158.00 | 0.260  | 3.2 | 2  | 4
TYRE-SOLID-300-15   | Solid tyre 300-15                   | SHANDONG | 265.00 | 0.420  | 1.4 | 2  | 2
WHEEL-DRIVE-343     | Drive wheel 343 x 114               | SHANDONG | 71.00  | 0.018  | 2.4 | 2  | 4
WHEEL-LOAD-82       | Load roller 82 x 82, polyurethane   | SHANDONG | 9.80   | 0.0009 | 6   | 5  | 10
WHEEL-CASTER-150    | Caster wheel 150 x 50               | SHANDONG | 17.50  | 0.002  | 3.6 | 4  | 12
FORK-1070           | Fork 1,070 mm, class 2A             | SHANDONG | 96.00  | 0.055  | 2.2 | 2  | 4
FORK-1200           | Fork 1,200 mm, class 2A             | SHANDONG | 109.00 | 0.062  | 2.8 | 2  | 4
FORK-1800           | Fork 1,800 mm, class 3A             | SHANDONG | 198.00 | 0.098  | 0.8 | 2  | 2
SEAT-GS12           | Seat GS12 with switch               | SHANDONG | 74.00  | 0.210  | 2.2 | 1  | 4
SEAT-SUSP           | Suspension seat                     | SHANDONG | 149.00 | 0.260  | 1.2 | 1  | 2
RADIATOR-A          | Radiator, aluminium                 | SHANDONG | 92.00  | 0.070  | 1.2 | 1  | 2
COUNTERWEIGHT-PIN   | Pin and bush set, steer axle        | SHANDONG | 24.00  | 0.003  | 3   | 4  | 8
CHAIN-LH1234        | Mast chain LH1234, 3 m              | SHANDONG | 41.00  | 0.006  | 2.4 | 2  | 6
CYL-TILT            | Tilt cylinder                       | SHANDONG | 132.00 | 0.034  | 1   | 1  | 2
CYL-LIFT            | Lift cylinder, free lift            | SHANDONG | 216.00 | 0.095  | 0.6 | 1  | 2
CONTACTOR-48        | Contactor 48 V                      | NAGOYA   | 46.00  | 0.001  | 4.2 | 5  | 10
CONTACTOR-80        | Contactor 80 V                      | NAGOYA   | 68.00  | 0.0014 | 2.2 | 5  | 5
CONTROLLER-AC       | Motor controller, AC                | NAGOYA   | 612.00 | 0.009  | 0.3  | 1  | 1
POTI-ACCEL          | Accelerator potentiometer           | NAGOYA   | 58.00  | 0.0008 | 2.6 | 2  | 6
SENSOR-SPEED        | Speed sensor                        | NAGOYA   | 37.00  | 0.0004 | 3.2 | 5  | 10
SENSOR-ANGLE        | Steering angle sensor               | NAGOYA   | 84.00  | 0.0005 | 1.2 | 2  | 4
DISPLAY-4IN         | Dashboard display, 4 inches         | NAGOYA   | 233.00 | 0.003  | 0.4 | 1  | 1
FAN-MOTOR           | Fan for the motor, 48 V             | NAGOYA   | 52.00  | 0.005  | 1.6 | 2  | 4
STARTER-12          | Starter motor, 12 V                 | NAGOYA   | 118.00 | 0.009  | 1   | 1  | 3
ALTERNATOR-12       | Alternator, 12 V, 50 A              | NAGOYA   | 126.00 | 0.008  | 1   | 1  | 3
KEY-SWITCH          | Key switch                          | NAGOYA   | 12.50  | 0.0003 | 4.8 | 5  | 10
LAMP-WORK-LED       | Work lamp, LED                      | NAGOYA   | 16.20  | 0.001  | 5.6 | 5  | 10
LAMP-BLUE-SPOT      | Blue safety spot                    | NAGOYA   | 34.00  | 0.0015 | 3.4 | 5  | 10
BRUSH-SET           | Set of carbon brushes               | NAGOYA   | 19.00  | 0.0003 | 4   | 5  | 10
PUMP-GEAR-28        | Gear pump, 28 cm3                   | HESSEN   | 187.00 | 0.006  | 1.2 | 1  | 1
PUMP-STEER          | Power steering pump                 | HESSEN   | 241.00 | 0.007  | 0.6 | 1  | 1
VALVE-MAIN          | Main control valve, 3 sections      | HESSEN   | 468.00 | 0.012  | 0.24 | 1  | 1
VALVE-SOLENOID      | Solenoid valve, 24 V                | HESSEN   | 63.00  | 0.001  | 2   | 1  | 3
SEAL-TILT           | Seal kit, tilt cylinder             | HESSEN   | 14.50  | 0.0003 | 4.8 | 5  | 10
SEAL-LIFT           | Seal kit, lift cylinder             | HESSEN   | 21.00  | 0.0003 | 4   | 5  | 10
SEAL-STEER          | Seal kit, steering cylinder         | HESSEN   | 17.50  | 0.0003 | 3   | 5  | 10
HOSE-HP-2M          | High-pressure hose, 2 m             | HESSEN   | 23.00  | 0.002  | 4.4 | 5  | 10
FILTER-HYD          | Hydraulic return filter             | HESSEN   | 16.80  | 0.0015 | 6   | 6  | 12
BRAKE-SHOE          | Brake shoes, set of 4               | HESSEN   | 42.00  | 0.003  | 2.8 | 2  | 6
BRAKE-CYL           | Wheel brake cylinder                | HESSEN   | 28.00  | 0.0008 | 2.2 | 2  | 6
BEARING-MAST        | Mast roller bearing                 | HESSEN   | 33.00  | 0.0006 | 5   | 4  | 12
BEARING-HUB         | Hub bearing, tapered                | HESSEN   | 26.00  | 0.0005 | 3.6 | 4  | 8
"""

# Days from order to receipt and freight as a share of the price.
TERMS = {"SHANDONG": (70, 0.0), "NAGOYA": (54, 0.05), "HESSEN": (40, 0.015)}

SUPPLIERS: list[Record] = [
    {
        "supplier": "SHANDONG",
        "name": "Shandong Lift Components",
        "currency": "USD",
        "fixed_order_cost": 80,
        "container": {"resource": "m3", "size": 28, "cost": 1500, "minimum_fill": 0.5},
        "order_discounts": [{"minimum_order_value": 12000, "discount": 0.03}],
        "payment_terms": {"deposit": 0.3, "net_days": 0, "from": "receipt"},
        "order_every": 4,
        "closures": [{"first": "2027-02-01", "last": "2027-02-21"}],
    },
    {
        "supplier": "NAGOYA",
        "name": "Nagoya Electric Parts",
        "currency": "USD",
        "fixed_order_cost": 90,
        "minimum_order_value": 1500,
        "order_discounts": [{"minimum_order_value": 5000, "discount": 0.03}],
        "payment_terms": {"deposit": 0.2, "net_days": 30, "from": "receipt"},
        "order_every": 4,
    },
    {
        "supplier": "HESSEN",
        "name": "Hessen Hydraulik",
        "currency": "EUR",
        "fixed_order_cost": 35,
        "minimum_order_value": 500,
        "order_every": 4,
        "payment_terms": {"net_days": 30, "from": "receipt"},
    },
    {
        "supplier": "EXPRESS",
        "name": "LiftExpress Europe",
        "currency": "EUR",
        "fixed_order_cost": 12,
        "payment_terms": {"net_days": 14, "from": "receipt"},
    },
]

WAREHOUSES: list[Record] = [
    {"warehouse": WAREHOUSE, "name": "Central store Duisburg", "capacity": {"m3": 54}},
]


def parts() -> list[Part]:
    """Return the parts, one a line."""
    found = []
    for line in PARTS.strip().splitlines():
        item, description, supplier, *numbers = (cell.strip() for cell in line.split("|"))
        price, volume, weekly, pack, minimum = numbers
        found.append(
            Part(
                item,
                description,
                supplier,
                float(price),
                float(volume),
                float(weekly),
                int(pack),
                int(minimum),
            )
        )
    return found


def landed(part: Part) -> float:
    """Return what a unit costs at its own supplier, freight included [EUR]."""
    rate = 1.0 if part.supplier == "HESSEN" else USD
    return part.price * rate * (1 + TERMS[part.supplier][1])
