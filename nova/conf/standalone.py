# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""The [standalone] group: what Keystone and Glance would say in a cloud."""

from oslo_config import cfg

GROUP = cfg.OptGroup('standalone', title='A node without a cloud around it')

OPTS: list[cfg.Opt] = [
    cfg.HostAddressOpt(
        'listen', default='127.0.0.1',
        help='Address that the API listens at. The secret crosses the network '
             'in clear text: keep it on loopback.'),
    cfg.PortOpt(
        'listen_port', default=8774,
        help='Port that the API listens at.'),
    cfg.StrOpt(
        'username', default='admin', regex=r'^[A-Za-z0-9_.@-]{1,64}$',
        help='User name that clients give with the secret.'),
    cfg.StrOpt(
        'secret_file', default='$state_path/api-secret',
        help='File of the secret; made with a random one if it is missing.'),
    cfg.StrOpt(
        'clouds_file', default='$state_path/clouds.yaml',
        help='The clouds.yaml that is written for the openstack client.'),
    cfg.StrOpt(
        'cloud_name', default='local', regex=r'^[A-Za-z0-9_-]{1,64}$',
        help='Name of this node in that clouds.yaml.'),
    cfg.StrOpt(
        'user_id', default='00000000000000000000000000000001',
        help='User id that instances are owned by.'),
    cfg.StrOpt(
        'project_id', default='00000000000000000000000000000002',
        help='Project id that instances are owned by.'),
    cfg.StrOpt(
        'flavors_file',
        help='YAML file of flavors; unset means the usual m1.* ones.'),
    cfg.StrOpt(
        'networks_file',
        help='YAML file of networks; unset means that there are none.'),
    cfg.StrOpt(
        'images_path', default='$state_path/images',
        help='Folder of images, with the properties of each beside it.'),
]


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Make the options known to a configuration."""
    conf.register_group(GROUP)
    conf.register_opts(OPTS, group=GROUP)


def list_opts() -> dict[cfg.OptGroup, list[cfg.Opt]]:
    """Return the options by group, for the sample configuration."""
    return {GROUP: OPTS}
