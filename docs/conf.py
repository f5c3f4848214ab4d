"""Sphinx's settings. Every warning is an error (`make docs`)."""

import pacscore

project = "pacscore"
copyright = "The pacscore developers"
author = "The pacscore developers"
version = release = pacscore.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "reference/measured"]
html_theme = "furo"
html_title = f"pacscore {version}"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

myst_heading_anchors = 3
# The types of numpydoc are sentences ("int, in bytes"): their words are no references, and may seem ambiguous ones.
suppress_warnings = ["ref.python"]
