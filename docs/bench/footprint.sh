#!/usr/bin/env bash
# CPU time and memory of `run` and of the agent beside CodeCarbon, at the same time on the same machine, all sampling once a
# second. The agent has a node id of its own, so that the two do not know of each other.
# usage: docs/bench/footprint.sh [seconds after a minute of warm-up, default 600]
# Needs target/hf-eco2ai.jar, python3 with venv, curl, openssl, keytool.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
work=$(mktemp -d)
pids=()
end() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$work"; }
trap end EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install codecarbon==3.3.0

# A server behind TLS, so that the measured process speaks TLS as it would in use.
keytool -genkeypair -alias tls -keyalg EC -dname CN=localhost -ext san=dns:localhost -validity 2 \
  -keystore "$work/tls.p12" -storetype PKCS12 -storepass changeit >/dev/null 2>&1
port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
token=bench-token-0123456789-0123456789
HFECO2AI_DATA="$work/data" HFECO2AI_BOOTSTRAP_API_TOKEN=$token java -Xmx256m -XX:+UseSerialGC -jar target/hf-eco2ai.jar \
  --server.port="$port" --server.ssl.key-store="$work/tls.p12" --server.ssl.key-store-password=changeit \
  --hfeco2ai.sampler.enabled=false >"$work/server.log" 2>&1 &
pids+=($!)
until curl -skf "https://localhost:$port/actuator/health" >/dev/null; do sleep 0.5; done

cat >"$work/tracker.py" <<'P'
import sys, time
began = time.time()
from codecarbon import OfflineEmissionsTracker
tracker = OfflineEmissionsTracker(country_iso_code="FRA", measure_power_secs=1, save_to_file=False, log_level="error")
tracker.start()
print("codecarbon started after %.2f s" % (time.time() - began), file=sys.stderr, flush=True)
time.sleep(float(sys.argv[1]))
tracker.stop()
P
span=$((seconds + 75))
(cd "$work" && exec venv/bin/python tracker.py "$span") &
codecarbon=$!
# The trust store is the one setting here that is not a default: the certificate above is nobody's.
JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=$work/tls.p12 -Djavax.net.ssl.trustStorePassword=changeit" \
  java -jar target/hf-eco2ai.jar run --server "https://localhost:$port" --token "$token" -- sleep "$span" &
eco=$!
HFECO2AI_NODE_ID=bench-agent HFECO2AI_TOKEN=$token XDG_STATE_HOME=$work/state \
  JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=$work/tls.p12 -Djavax.net.ssl.trustStorePassword=changeit" \
  java -jar target/hf-eco2ai.jar agent --server "https://localhost:$port" &
agent=$!
pids+=("$codecarbon" "$eco" "$agent")

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
rss() { awk '/VmRSS/ {print $2}' "/proc/$1/status"; }
sleep 60
c0=$(ticks "$codecarbon"); e0=$(ticks "$eco"); a0=$(ticks "$agent"); peak_c=0; peak_e=0; peak_a=0
for _ in $(seq "$seconds"); do
  sleep 1
  r=$(rss "$codecarbon"); [ "$r" -gt "$peak_c" ] && peak_c=$r
  r=$(rss "$eco"); [ "$r" -gt "$peak_e" ] && peak_e=$r
  r=$(rss "$agent"); [ "$r" -gt "$peak_a" ] && peak_a=$r
done
c1=$(ticks "$codecarbon"); e1=$(ticks "$eco"); a1=$(ticks "$agent"); hz=$(getconf CLK_TCK)
report() { awk -v name="$1" -v t="$2" -v hz="$hz" -v s="$seconds" -v kb="$3" \
  'BEGIN { printf "BENCH footprint | %s | %.2f %% of a core | peak RSS %.0f MB | over %d s\n", name, t / hz / s * 100, kb / 1024, s }'; }
report "CodeCarbon 3.3.0" $((c1 - c0)) "$peak_c"
report "hf-eco2ai run, TLS" $((e1 - e0)) "$peak_e"
report "hf-eco2ai agent, TLS" $((a1 - a0)) "$peak_a"
