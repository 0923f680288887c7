#!/bin/bash
# Runs once, when the database container starts with an empty volume: the two roles and the database.
# The owner makes the tables (service migrate); the application (service web) reads and writes rows and can
# take away neither tables nor triggers. portal.database grants the rest after each migration.
set -euo pipefail
: "${PORTAL_OWNER_PASSWORD:?is not set}" "${PORTAL_APPLICATION_PASSWORD:?is not set}"

# \getenv: a password on the command line could be read in the list of processes.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv application_password PORTAL_APPLICATION_PASSWORD
CREATE ROLE portal_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE portal LOGIN PASSWORD :'application_password';
CREATE DATABASE portal OWNER portal_owner;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal;
SQL
