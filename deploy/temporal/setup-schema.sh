#!/bin/sh
# Creates and migrates the two databases of Temporal. Safe to run again: what is there is kept.
set -eu

# Host, port, user and password come from the tool's own variables: SQL_HOST, SQL_PORT, SQL_USER,
# SQL_PASSWORD, SQL_PLUGIN.
migrate() {
  echo "database $1: creating and migrating"
  temporal-sql-tool --db "$1" create
  temporal-sql-tool --db "$1" setup-schema --version 0.0
  temporal-sql-tool --db "$1" update-schema --schema-name "$2"
}

migrate temporal postgresql/v12/temporal
migrate temporal_visibility postgresql/v12/visibility
