from typing import Any

import numpy as np
from typing_extensions import disjoint_base

@disjoint_base
class RowConversion:
    @property
    def values(self) -> np.dtype[Any]: ...
    @property
    def results(self) -> np.dtype[Any]: ...
    @property
    def channels(self) -> int: ...
    def apply(self, array: Any, out: Any) -> None: ...
