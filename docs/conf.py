"""The settings of the documents' site, which Sphinx builds: .ci/site."""

project = "connect-chat-conformance"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Conformance of Amazon Connect chat endpoints"
html_extra_path = ["requirements.json", "connect.json"]
html_show_sourcelink = False
html_copy_source = False
