"""All disturbances by name, those of the line first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.power.disturbances.disturbance import Disturbance
from conformance.power.disturbances.line import LINE
from conformance.power.disturbances.machine import MACHINE

DISTURBANCES: Mapping[str, Disturbance] = MappingProxyType({one.name: one for one in (*LINE, *MACHINE)})
