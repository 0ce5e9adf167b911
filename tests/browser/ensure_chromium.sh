#!/usr/bin/env bash
# Succeeds when there is a Chromium for the browser tests; takes Debian's where it may.
set -euo pipefail

find_chromium() {
  if [ -n "${CHROMIUM:-}" ]; then command -v "$CHROMIUM"; return; fi
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

if find_chromium >/dev/null; then exit 0; fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then as_root="sudo -n"; fi
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "No Chromium found; installing Debian's."
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
fi

find_chromium >/dev/null || {
  echo "The browser tests need Chromium: install it (apt-get install chromium), or set CHROMIUM=/path/to/it." >&2
  exit 1
}
