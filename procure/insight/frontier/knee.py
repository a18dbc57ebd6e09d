"""The knee of a curve: from where on more of a limit brings little.

Kneedle (Satopää, Albrecht, Irwin and Raghavan, *Finding a "Kneedle" in a Haystack*, ICDCS workshops 2011): both axes
are normalised to 0..1 and the knee is the point farthest from the chord. Here the curve is the lower convex hull of the
points found, since a plan at a gap from the best one may dent it. At a vertex of the hull what is said of savings holds
for all points: no point beyond it saves more per unit, none before it less.
"""

from __future__ import annotations

from collections.abc import Sequence

from procure.insight.frontier.records import Knee

LEAST_DISTANCE = 0.05
"""Distance from the chord below which a curve counts as straight."""


def knee_of(limits: Sequence[float], values: Sequence[float], doubt: float = 0.0) -> Knee | None:
    """Find the knee of a falling curve.

    Parameters
    ----------
    limits, values
        The points, by rising limit; what is minimised at each.
    doubt
        By how much a value may lie above the least; a curve that falls by no more has no knee.

    Returns
    -------
    Knee or None
        None with fewer than three points, where nothing falls, or where the curve is straight.
    """
    hull = lower_hull(limits, values)
    if len(hull) < 3:
        return None
    (first, highest), (last, lowest) = hull[0], hull[-1]
    width, fall = last - first, highest - lowest
    if fall <= max(doubt, 1e-9 * abs(highest)):
        return None

    def distance(point: tuple[float, float]) -> float:
        return 1.0 - (point[0] - first) / width - (point[1] - lowest) / fall

    k = max(range(1, len(hull) - 1), key=lambda k: distance(hull[k]))
    if distance(hull[k]) < LEAST_DISTANCE:
        return None
    return Knee(
        limit=hull[k][0],
        distance=distance(hull[k]),
        saves_before=_slope(hull[k - 1], hull[k]),
        saves_beyond=max(_slope(hull[k], hull[k + 1]), 0.0),
    )


def lower_hull(limits: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """Vertices of the lower convex hull by rising limit (Andrew's monotone chain, 1979)."""
    hull: list[tuple[float, float]] = []
    for point in sorted(zip(limits, values, strict=True)):
        if hull and point[0] <= hull[-1][0]:
            continue
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) <= _slope(hull[-2], point):
            hull.pop()
        hull.append(point)
    return hull


def _slope(a: tuple[float, float], b: tuple[float, float]) -> float:
    """What is saved per unit of the limit from one point to another."""
    return (a[1] - b[1]) / (b[0] - a[0])
