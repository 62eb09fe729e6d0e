#!/usr/bin/env bash
# The image's steps as a plain script: extract, make the class-data archive, start, answer.
set -euo pipefail
jar=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
server=
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait || true; rm -rf "$work"; }
trap end EXIT
bash docker/build-layout.sh "$jar" "$work/layout"
port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
HFECO2AI_DATA="$work/data" bash "$work/layout/start.sh" --server.port="$port" >"$work/log" 2>&1 &
server=$!
for _ in $(seq 240); do
  curl -sf "http://127.0.0.1:$port/login" >/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.25
done
curl -sf "http://127.0.0.1:$port/login" >/dev/null || { cat "$work/log"; exit 1; }
echo "1 passed, 0 failed"
