"""Decode a JPEG 2000 or HTJ2K codestream: all of it, a smaller version, a part."""

import numpy as np

import pacscore as pc

rows, columns = np.mgrid[0:300, 0:400]
picture = (rows * columns % 4096).astype(np.uint16)
data = pc.encode(picture, "1.2.840.10008.1.2.4.202", bits_stored=12)

info = pc.inspect(data)
print(f"{info.rows} x {info.columns}, {info.components[0].precision} bits, {info.decomposition_levels} levels")

whole = pc.decode(data)
print("decoded without loss:", np.array_equal(whole, picture))

small = pc.decode(data, reduce=2)
print("a quarter of the size:", small.shape)

part = pc.decode(data, region=pc.Region(row=100, column=200, rows=64, columns=96))
print("a part of it:", part.shape, "- the same pixels:", np.array_equal(part, picture[100:164, 200:296]))
