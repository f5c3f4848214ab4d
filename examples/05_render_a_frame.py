"""Render a CT frame for a screen: the window of the file, then one of one's own."""

from pydicom import examples

import pacscore as pc

with pc.open(examples.get_path("ct")) as frames:
    stored, pipeline = frames[0], frames.pipeline(0)

as_stored = pc.render(stored, pipeline)
soft_tissue = pc.render(stored, pipeline.with_window(pc.Window(center=40, width=400)))
inverted = pc.render(stored, pipeline.with_window(pc.Window(center=40, width=400)).inverted())

print("stored values:", stored.dtype, int(stored.min()), "to", int(stored.max()))
print("on the screen:", as_stored.dtype, as_stored.shape)
print("black for white:", bool((soft_tissue + inverted == 255).all()))
