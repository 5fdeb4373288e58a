#!/usr/bin/env bash
# Make Elasticsearch's own authority and certificate where they are missing; runs in its image, once.
#   /certificates  authority, node certificate and key, readable by Elasticsearch's group alone
#   /ca            the authority's certificate, which clients trust
# To renew: remove the volume sidak_elasticsearch-certificates (deploy/OPERATIONS.md).
set -euo pipefail
umask 027
cd /certificates

if [ ! -f ca/ca.crt ]; then
  /usr/share/elasticsearch/bin/elasticsearch-certutil ca --silent --pem --days 1825 --out ca.zip
  unzip -q ca.zip && rm ca.zip
fi
if [ ! -f node/node.crt ]; then
  /usr/share/elasticsearch/bin/elasticsearch-certutil cert --silent --pem --days 730 --out node.zip \
    --ca-cert ca/ca.crt --ca-key ca/ca.key --name node --dns elasticsearch --dns localhost --ip 127.0.0.1
  unzip -q node.zip && rm node.zip
fi
chmod 750 ca node
chmod 640 ca/* node/*
install --mode=0644 ca/ca.crt /ca/ca.crt
