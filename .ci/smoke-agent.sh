#!/usr/bin/env bash
# The archive for other nodes, on a path without java: its commands run, and its agent reports over TLS, outlives a kill
# and a server that is away, and sends its last piece when it is stopped.
# usage: .ci/smoke-agent.sh JAR
set -euo pipefail
jar=$(realpath "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
server= agent=
end() { for pid in $server $agent; do kill "$pid" 2>/dev/null || true; done; wait || true; rm -rf "$work"; }
trap end EXIT
fail() { echo "FAILED: $1"; tail -n 30 "$work/"*.log || true; exit 1; }
passed=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }

archive=$(bash docker/build-agent.sh "$jar" "$work/archive")
megabytes=$(($(stat -c %s "$archive") / 1000000))
[ "$megabytes" -le 60 ] || fail "the archive has $megabytes MB"
ok "archive of $megabytes MB"
tar -xzf "$archive" -C "$work"
home=$(echo "$work"/hf-eco2ai-agent-*/)
mkdir "$work/bin"
for tool in sh readlink dirname sleep true; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
token=smoke-token-0123456789-0123456789
spool=$work/state/hf-eco2ai/agent
lonely=(env -i PATH="$work/bin" XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config" HFECO2AI_TOKEN=$token
  JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=$work/tls.p12 -Djavax.net.ssl.trustStorePassword=changeit")
ours() { "${lonely[@]}" "$home/bin/hf-eco2ai" "$@"; }
env -i PATH="$work/bin" sh -c 'command -v java' && fail "there is a java on the path"
ours --version >"$work/out.log" 2>&1 && grep -q '^hf-eco2ai [0-9]' "$work/out.log" || fail "version"
ours sensors >"$work/out.log" 2>&1 || fail "sensors"
ours >"$work/out.log" 2>&1 && grep -q agent "$work/out.log" || fail "without a command: help"
ours run -- sleep 0.5 >"$work/out.log" 2>&1 && grep -q 'hf-eco2ai: ' "$work/out.log" || fail "run"
ours agent --server nonsense >"$work/out.log" 2>&1 && fail "a wrong address is taken"
ok "version, help, sensors and run without java on the path"

port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
url=https://localhost:$port
keytool=${JAVA_HOME:+$JAVA_HOME/bin/}keytool
"$keytool" -genkeypair -alias tls -keyalg EC -dname CN=localhost -ext san=dns:localhost -validity 2 \
  -keystore "$work/tls.p12" -storetype PKCS12 -storepass changeit >/dev/null 2>&1
serve() {
  HFECO2AI_DATA="$work/data" HFECO2AI_BOOTSTRAP_API_TOKEN=$token "${JAVA_HOME:+$JAVA_HOME/bin/}java" -jar "$jar" \
    --server.port="$port" --server.ssl.key-store="$work/tls.p12" --server.ssl.key-store-password=changeit \
    --hfeco2ai.sampler.enabled=false >>"$work/server.log" 2>&1 &
  server=$!
}
nodes() { curl -skf -H "Authorization: Bearer $token" "$url/api/v1/nodes"; }
begin() { "${lonely[@]}" "$home/bin/hf-eco2ai" agent --server "$url" >>"$work/agent.log" 2>&1 & agent=$!; }
# until TEXT FILE SECONDS
until_says() { for _ in $(seq $(($3 * 5))); do grep -qF "$1" "$2" && return 0; sleep 0.2; done; return 1; }

begin
until_says 'does not answer' "$work/agent.log" 30 || fail "an agent without a server says nothing"
sleep 12
kill -9 "$agent"; wait "$agent" 2>/dev/null || true; agent=
[ -n "$(find "$spool" -name '*.seg' -size +0)" ] || fail "nothing was kept while the server was away"
begin
until_says 'intervals wait' "$work/agent.log" 10 || fail "the second start does not find what the first one kept"
serve
until_says 'takes the measurements' "$work/agent.log" 120 || fail "the agent does not find the server that came late"
grep -q "$token" "$work/agent.log" && fail "the token is in the log"
tr '\0' ' ' <"/proc/$agent/cmdline" | grep -q "$token" && fail "the token is in the list of processes"
nodes >"$work/nodes.json"
python3 - "$work/nodes.json" <<'P' || fail "node"
import json, sys
node = json.load(open(sys.argv[1]))["nodes"][0]
assert node["logical_cpus"] > 0 and node["memory_bytes"] > 0 and node["devices"], node
assert node["agent"]["version"] and node["agent"]["live"] and node["agent"]["dropped"] == 0, node
P
ok "measured while the server was away, killed, started again, sent over TLS"
kill -TERM "$agent"; wait "$agent" || true; agent=
grep -q 'agent: stopped$' "$work/agent.log" || fail "the last piece was not sent"
ok "stopped cleanly with nothing left behind"
echo "$passed passed, 0 failed"
