#!/bin/sh
# Runs once, when the database server is empty: the owner makes and changes tables, the application only uses them.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname template1 \
    --set owner_password="$DATABASE_OWNER_PASSWORD" --set application_password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE bill_syncing_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE bill_syncing LOGIN PASSWORD :'application_password';
ALTER DEFAULT PRIVILEGES FOR ROLE bill_syncing_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bill_syncing;
ALTER DEFAULT PRIVILEGES FOR ROLE bill_syncing_owner GRANT USAGE, SELECT ON SEQUENCES TO bill_syncing;
CREATE DATABASE bill_syncing OWNER bill_syncing_owner;
SQL
