# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What `./quickstart` and `./run_tests` do, step by step.

Only the standard library is used: these modules run with the machine's own
python3, before anything of the project is installed.
"""
