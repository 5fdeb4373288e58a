#!/usr/bin/env bash
# Bring Airflow's database up to this version, make the pool that collecting needs, and set the sign-in.
set -euo pipefail
umask 077

airflow db migrate
airflow pools set collectors 4 "platforms asked at the same time"
python - <<'PY'
import json
import os
from pathlib import Path

path = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
path.write_text(json.dumps({"admin": os.environ["AIRFLOW_ADMIN_PASSWORD"]}))
path.chmod(0o600)
PY
