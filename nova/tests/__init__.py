# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Tests, on greenlets or on native threads as NOVA_TEST_CONCURRENCY says."""

import os

from nova import monkey_patch

#: How tests run things concurrently, and how the services that they start do.
CONCURRENCY = os.environ.get('NOVA_TEST_CONCURRENCY', monkey_patch.THREADING)

if not monkey_patch.is_decided():  # a test's helper process may have chosen already
    monkey_patch.patch(CONCURRENCY)
