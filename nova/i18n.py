# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Translation of what users read."""

import oslo_i18n

DOMAIN = 'nova'

_translators = oslo_i18n.TranslatorFactory(domain=DOMAIN)

#: Marks a message for translation and translates it.
_ = _translators.primary
