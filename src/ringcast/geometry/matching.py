"""Which sensors of a detector the rows of another table of the same tank are."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ringcast.errors import ArgumentError
from ringcast.geometry.detector import Detector
from ringcast.geometry.spacing import nearest

__all__ = ["match_sensors"]


def match_sensors(
    position_cm: Float[Tensor, "row 3"], detector: Detector, *, tolerance_cm: float | None = None
) -> Int[Tensor, " row"]:
    """The sensor of a detector at each position of another table; every row needs one of its own.

    Args:
        position_cm: Positions of the other table's inner sensors, axis along z and origin at the centre.
        detector: The tank they are thought to be of; it may have more sensors.
        tolerance_cm: How far a position may be from the detector's; None takes the radius of its smallest face.

    Returns:
        Sensor number for each row.

    Raises:
        ArgumentError: A row has no sensor within the tolerance, or two rows have the same nearest one.

    Example:
        >>> from ringcast.geometry import load_detector
        >>> tank = load_detector("mini")
        >>> match_sensors(tank.position_cm[[7, 3]] + 0.5, tank).tolist()
        [7, 3]
    """
    tolerance = float(detector.pmt_radius_cm.min()) if tolerance_cm is None else tolerance_cm
    sensor, apart = nearest(position_cm.double().numpy(), detector.position_cm.double().numpy(), tolerance)
    if bool((sensor < 0).any()):
        lost = (sensor < 0).nonzero()[0]
        place = ", ".join(f"{x:.1f}" for x in position_cm[int(lost[0])].tolist())
        raise ArgumentError(
            f"{len(lost)} of {len(sensor)} sensors are not within {tolerance:g} cm of one of detector {detector.name},"
            f" the first, row {lost[0]}, at ({place}) cm; name the detector that the table is of"
        )
    order = sensor.argsort(kind="stable")
    twice = (sensor[order][1:] == sensor[order][:-1]).nonzero()[0]
    if len(twice):
        one, other = sorted(order[twice[0] : twice[0] + 2].tolist())
        raise ArgumentError(
            f"rows {one} and {other} are both nearest to sensor {sensor[one]} of detector {detector.name}, at"
            f" {apart[one]:.1f} and {apart[other]:.1f} cm; name the detector that the table is of"
        )
    return torch.from_numpy(sensor)
