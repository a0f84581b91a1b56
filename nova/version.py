# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""Which Nova this node speaks like, as guests and clients are told."""

#: The Nova release whose interface and guest XML are matched.
NOVA_VERSION = '34.0.0'


def vendor_string() -> str:
    """Return the vendor put into the guest's SMBIOS table."""
    return 'OpenStack Foundation'


def product_string() -> str:
    """Return the product put into the guest's SMBIOS table."""
    return 'OpenStack Nova'


def package_string() -> str | None:
    """Return the distribution's package suffix; this tree has none."""
    return None


def version_string_with_package() -> str:
    """Return the version, with the package suffix where there is one."""
    package = package_string()
    return f'{NOVA_VERSION}-{package}' if package else NOVA_VERSION


def support_string() -> str:
    """Return the support text shown in logs."""
    return f'{vendor_string()} {product_string()} {version_string_with_package()}'
