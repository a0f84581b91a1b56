# SPDX-License-Identifier: Apache-2.0
# Copyright the nova-libvirt authors
"""What can be wrong with the database as a whole."""

from nova import exception
from nova.i18n import _


class DatabaseUnusable(exception.NovaException):
    """Raised when the database cannot be opened, read or upgraded."""

    msg_fmt = _('The database %(url)s cannot be used: %(reason)s')


class DatabaseTooNew(DatabaseUnusable):
    """Raised when a newer release has already upgraded the database."""

    msg_fmt = _(
        'The database %(url)s has schema %(revision)s, which is newer than this '
        'release knows (%(known)s); run the release that wrote it'
    )


class DatabaseNotOurs(DatabaseUnusable):
    """Raised for a database with tables in it that we did not make."""

    msg_fmt = _(
        'The database %(url)s already holds tables (%(tables)s) of something else; '
        'give this node a database of its own'
    )
