"""Show a perfusion map in false colours, by a function of one's own: in NumPy, and compiled by numba.

The map is made up: blood flow in ml a minute and 100 ml of tissue, with a region that gets too little of it.
"""

import numpy as np

import pacscore as pc
from pacscore.pixels import jit_stage

rows, columns = np.mgrid[-1:1:256j, -1:1:256j]
flow = np.where(rows**2 + columns**2 < 0.8, 55 + 25 * np.cos(9 * rows) * np.cos(7 * columns), 0).astype(np.float32)
flow[(rows - 0.2) ** 2 + (columns + 0.3) ** 2 < 0.06] *= 0.2


def in_colors(flow):
    """From black over blue and green to red, at 0, 30, 60 and 90 ml: red, green and blue from 0.0 to 1.0."""
    share = np.clip(flow / 30, 0, 3)
    return np.clip(share - 2, 0, 1), 1 - np.clip(np.abs(share - 2), 0, 1), 1 - np.clip(np.abs(share - 1), 0, 1)


@jit_stage
def compiled(flow):
    """Return the same of one value; numba is imported, and compiles it, when it is used."""
    share = min(max(flow / 30, 0.0), 3.0)
    return max(share - 2, 0.0), 1 - min(abs(share - 2), 1.0), 1 - min(abs(share - 1), 1.0)


pipeline = pc.Pipeline(bits_stored=32)
colored = pc.render(flow, pipeline.with_colors(in_colors))
faster = pc.render(flow, pipeline.with_colors(compiled))

# In 16 bits the map goes through a table, for which the function is called once, with all values that there can be.
stored = np.round(flow * 100).astype(np.uint16)
by_table = pc.render(stored, pc.Pipeline().with_stage(lambda value: value / 100).with_colors(in_colors))

print("blood flow:", flow.dtype, f"{flow.min():.0f} to {flow.max():.0f}")
print("on the screen:", colored.dtype, colored.shape)
print("the same when it is compiled:", bool((faster == colored).all()))
print("nearly the same in 16 bits:", bool(np.abs(by_table.astype(int) - colored).max() <= 1))
