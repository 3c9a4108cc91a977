"""Sphinx configuration: Markdown pages, whose outputs cog has filled in."""

from importlib.metadata import version as installed_version

project = "Ringcast"
author = "The Ringcast authors"
release = version = installed_version("ringcast")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
html_theme = "pydata_sphinx_theme"
html_title = "Ringcast"
exclude_patterns = ["images/**"]
nitpicky = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
html_theme_options = {"show_prev_next": True, "navigation_with_keys": False, "show_toc_level": 2}
html_static_path = ["static"]
html_css_files = ["wide.css"]
