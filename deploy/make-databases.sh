#!/usr/bin/env bash
# Make the two databases, each with an owner of its own; PostgreSQL's image runs this when its volume is empty.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres --quiet \
  --set=airflow="$AIRFLOW_DATABASE_PASSWORD" --set=sidak="$SIDAK_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE ROLE sidak LOGIN PASSWORD :'sidak';
CREATE DATABASE airflow OWNER airflow;
CREATE DATABASE sidak OWNER sidak;
REVOKE ALL ON DATABASE airflow FROM PUBLIC;
REVOKE ALL ON DATABASE sidak FROM PUBLIC;
SQL
