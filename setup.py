# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
import setuptools

setuptools.setup(setup_requires=['pbr>=6.0.0'], pbr=True)
