#!/usr/bin/env bash
# Install what the image runs into /opt/venv (or $VENV): first the locked dependencies, then sidak itself.
# Nothing that the two locks do not name with its hash is installed, and nothing is asked of an index but by those names.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=${VENV:-/opt/venv}
tools=${TOOLS:-/opt/tools}

# requirements.lock stands beside this script in the image, one folder up in a checkout.
lock=$here/requirements.lock
tested=$here/tested.lock
[ -e "$tested" ] || tested=$here/../requirements.lock

# The lines of some packages of the lock that the tests ran with: installer and build backend.
cut_lock() {
  for name in "$@"; do sed -n "/^$name==/,/[^\\\\]\$/p" "$tested"; done
}

case ${1:-} in
  dependencies)
    python3 -m venv "$tools"
    cut_lock uv hatchling packaging pathspec pluggy trove-classifiers > "$tools/tools.lock"
    "$tools/bin/python" -m pip install --quiet --require-hashes --no-deps -r "$tools/tools.lock"
    python3 -m venv --without-pip "$venv"
    "$tools/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes --no-deps --compile-bytecode -r "$lock"
    ;;
  sidak)
    cd "$here/.."
    "$tools/bin/hatchling" build --target wheel --directory "$tools/wheel"
    "$tools/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-index --compile-bytecode "$tools"/wheel/*.whl
    ;;
  *)
    echo "usage: $0 dependencies|sidak" >&2
    exit 2
    ;;
esac
