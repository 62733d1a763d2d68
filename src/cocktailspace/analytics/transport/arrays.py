"""The shapes that compiled functions pass around: kinds of arrays, and tuples of them."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Floats = Annotated[NDArray[np.float64], 1]
FloatTable = Annotated[NDArray[np.float64], 2]
Singles = Annotated[NDArray[np.float32], 1]
SingleTable = Annotated[NDArray[np.float32], 2]
Ints = Annotated[NDArray[np.int64], 1]
Columns = Annotated[NDArray[np.int32], 1]
ColumnTable = Annotated[NDArray[np.int32], 2]
Numbers = Annotated[NDArray[np.uint32], 1]
"""Nodes or columns; unsigned, as numba asks each signed index whether it counts from the end."""
NumberTable = Annotated[NDArray[np.uint32], 2]
Level = tuple[Ints, Columns, Singles, Singles]
"""Rows, or boxes of rows: indptr, columns and masses in CSR, and *offsets*: what the mass that an
item shares with a query has to reach, above what the query needs."""
Index = tuple[Ints, Level, Level, Level]
"""All rows: the order in which near ones stand together, the rows in that order, and the small and
the large boxes around them. Plain tuples, as compiled code takes them apart without cost."""
Lanes = tuple[Columns, SingleTable, Singles, Singles, Columns, Singles]
"""64 queries: slots, table, need, surplus, and room for the shared columns of one item."""
Near = tuple[FloatTable, ColumnTable]
"""Distances and numbers of the nearest so far, (lanes, k) each."""
