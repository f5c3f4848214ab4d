"""How far an image is from its reference, in numbers and as a picture."""

from pacscore.quality.comparison import ComparisonReport, Measures, compare_images
from pacscore.quality.difference import difference_picture

__all__ = ["ComparisonReport", "Measures", "compare_images", "difference_picture"]
