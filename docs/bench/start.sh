#!/usr/bin/env bash
# Start to first page, plain jar and image layout; RSS after ten minutes with ten watchers under the documented flags.
# usage: docs/bench/start.sh [minutes, default 10]
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=${1:-10}
work=$(mktemp -d)
pids=()
end() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$work"; }
trap end EXIT
token=bench-token-0123456789-0123456789
export HFECO2AI_BOOTSTRAP_API_TOKEN=$token
free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
now() { date +%s.%N; }

# first_page NAME COMMAND...: seconds from exec to a 200 of the sign-in page
first_page() {
  local name=$1 port began; shift
  port=$(free_port); began=$(now)
  "$@" --server.port="$port" >"$work/$name.log" 2>&1 &
  pid=$!; pids+=("$pid"); url="http://127.0.0.1:$port"
  until curl -sf -o /dev/null "$url/login"; do sleep 0.05; done
  awk -v n="$name" -v a="$began" -v b="$(now)" 'BEGIN { printf "BENCH start | %s | first page after %.1f s\n", n, b - a }'
}

HFECO2AI_DATA="$work/plain" first_page plain-jar java -jar target/hf-eco2ai.jar
kill "$pid"; wait "$pid" || true
bash docker/build-layout.sh target/hf-eco2ai.jar "$work/layout" >"$work/layout.log" 2>&1
HFECO2AI_DATA="$work/image" first_page image-layout bash "$work/layout/start.sh"
node=$(curl -sf -H "Authorization: Bearer $token" "$url/api/v1/nodes" | python3 -c 'import json,sys; print(json.load(sys.stdin)["nodes"][0]["id"])')
for _ in $(seq 10); do
  curl -sN -H "Authorization: Bearer $token" "$url/api/v1/nodes/$node/stream" >/dev/null & pids+=($!)
done
sleep $((minutes * 60))
java_pid=$(pgrep -P "$pid" java || echo "$pid")
awk -v m="$minutes" '/VmRSS/ { printf "BENCH rss | image layout, 10 watchers, %d min | %.0f MB\n", m, $2 / 1024 }' "/proc/$java_pid/status"
