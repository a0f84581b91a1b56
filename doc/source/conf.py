# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""How the documentation is built."""

project = 'nova-libvirt'
author = 'the nova-libvirt authors'
extensions = ['sphinx.ext.autodoc']
autodoc_mock_imports = ['libvirt']
exclude_patterns = []
html_theme = 'alabaster'
