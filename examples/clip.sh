#!/usr/bin/env bash
# A clip from words with nothing but curl and python3's JSON: examples/clip.sh "a lighthouse at dusk" clip.mp4
set -euo pipefail
URL=${CALLSHEET_URL:-http://127.0.0.1:8420}
PROMPT=${1:?what should be seen}
OUT=${2:-clip.mp4}

field() { python3 -c 'import functools, json, sys; print(functools.reduce(
  lambda value, name: value[int(name) if name.isdigit() else name], sys.argv[1:], json.load(sys.stdin)))' "$@"; }
ask() { curl -sS --fail-with-body ${CALLSHEET_KEY:+-H "Authorization: Bearer $CALLSHEET_KEY"} "$@"; }

BODY=$(python3 -c 'import json, sys
print(json.dumps({"model": "text-to-video", "input": {"prompt": sys.argv[1], "duration": 1, "resolution": "360p"}}))' "$PROMPT")
ID=$(ask "$URL/v1/tasks" -H 'Content-Type: application/json' -d "$BODY" | field id)

ask -N "$URL/v1/tasks/$ID/events" > /dev/null   # ends with the task
ask -o "$OUT" "$(ask "$URL/v1/tasks/$ID" | field artifacts 0 url)"
ls -l "$OUT"
