#!/usr/bin/env bash
# Give Elasticsearch's users their passwords and rights; runs in its image each time the deployment comes up.
set -euo pipefail

ask() { # METHOD PATH BODY
  # The password goes in by a file descriptor and the body by standard input, so that no list of processes shows them.
  printf '%s' "$3" | curl --silent --show-error --fail --output /dev/null --retry 5 --retry-connrefused \
    --cacert /ca/ca.crt --config <(printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD") \
    --header 'Content-Type: application/json' --request "$1" --data-binary @- "https://elasticsearch:9200$2"
}

ask POST /_security/user/kibana_system/_password "{\"password\": \"$KIBANA_SYSTEM_PASSWORD\"}"
ask PUT /_security/role/sidak_pipeline '{
  "cluster": ["monitor", "manage_index_templates", "manage_ilm"],
  "indices": [{"names": ["sidak-*"], "privileges": ["all"]}]
}'
ask PUT /_security/user/sidak "{\"password\": \"$SIDAK_ELASTICSEARCH_PASSWORD\", \"roles\": [\"sidak_pipeline\"]}"
echo "users and rights are set"
