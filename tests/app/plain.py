"""Any answer as plain values, so that two can be compared whatever they are made of."""

import dataclasses
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np
import pyarrow as pa

NOT_COMPARED = {"memory", "index", "hits"}
"""What an answer carries along to be asked further."""


def plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in NOT_COMPARED]
        return {name: plain(getattr(value, name)) for name in names if not name.startswith("_")}
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value.tolist()]
    if isinstance(value, pa.Array | pa.ChunkedArray | pa.Table):
        return value.to_pylist()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return value
