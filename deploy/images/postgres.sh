#!/bin/sh
# Starts PostgreSQL for development and tests, over the folder /data, which it sets up at first:
# POSTGRES_PASSWORD is the password of the user `sage`, POSTGRES_DATABASES the databases to make.
set -eu
PATH="$(echo /usr/lib/postgresql/*/bin):$PATH"
cluster=/data/cluster
if [ ! -s "$cluster/PG_VERSION" ]; then
  # Made beside it and moved, so that being killed in the middle leaves nothing half done.
  rm -rf /data/new /data/password
  (umask 077; echo "$POSTGRES_PASSWORD" > /data/password)
  initdb --pgdata /data/new --username sage --pwfile /data/password \
    --auth-local trust --auth-host scram-sha-256 --encoding UTF8 --no-locale > /dev/null
  rm /data/password
  for name in $POSTGRES_DATABASES; do
    echo "CREATE DATABASE $name;" | postgres --single -D /data/new postgres > /dev/null
  done
  echo "host all all all scram-sha-256" >> /data/new/pg_hba.conf
  mv /data/new "$cluster"
fi
exec postgres -D "$cluster" -h "*" -k /tmp
