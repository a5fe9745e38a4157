#!/usr/bin/env bash
# Looks at the TLS of a running gateway with Debian's testssl.sh, and fails if it finds anything above
# LOW. Takes about two minutes.
#
#     deploy/testssl.sh https://files.example.org/openapi.yaml [CA.pem]
#
# With a CA of your own, what is said of revocation is left out: such certificates name no place for it.
set -euo pipefail
url=$1
ca=${2:-}
report=$(mktemp --suffix=.json)
rm "$report"
trap 'rm -f "$report"' EXIT
testssl --quiet --color 0 --warnings batch ${ca:+--add-ca "$ca"} --jsonfile "$report" "$url" || true
python3 - "$report" "$ca" <<'PYTHON'
import collections, json, sys
findings = json.load(open(sys.argv[1]))
own = {"cert_revocation"} if sys.argv[2] else set()
bad = [f for f in findings
       if f["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL") and f["id"] not in own]
print(dict(collections.Counter(f["severity"] for f in findings)))
for finding in bad:
    print(finding["severity"], finding["id"], finding["finding"])
sys.exit(1 if bad else 0)
PYTHON
