#!/bin/sh
# Small and steady, whatever the machine: by itself Java would lay out its heap for a share of all memory there is.
here=$(dirname "$(readlink -f "$0")")/..
exec "$here/runtime/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms4m -Xmx64m -jar "$here/lib/hf-eco2ai-agent.jar" "$@"
