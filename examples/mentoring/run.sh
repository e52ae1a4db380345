#!/bin/sh
# The whole example review, offline: every line is a command that a reviewer would run.
# usage: sh run.sh FOLDER   (FOLDER is a copy of this folder)
set -eu
cd "$1"

step() { printf '\n== %s\n' "$*"; }

step "Check the protocol"
review check

step "Import the two reference lists, each as a search"
review import

step "Merge duplicates, then judge the pairs that the rules are not sure of"
review dedupe
sh pairs.sh

step "Screen: take the illustrative decisions in"
review screen import decisions.csv

step "Join reports to studies, extract, appraise"
review extract join extraction/studies.csv
review extract in extraction/answers.csv
review appraise in extraction/judgements.csv

step "Code, state findings and configurations, look for gaps"
review code in extraction/codings.csv
review code in extraction/findings.csv --table findings
review code in extraction/cmo.csv --table cmo
review code check

step "Write diagram, tables, appendix"
review report

step "Check the log, then see where the review stands"
review verify
review status

step "Audit the published numbers and claims"
review audit published.toml

printf '\nLook at: %s/out/index.html, out/flow.png, out/tables.docx\n' "$1"
printf 'Screen in the browser: review serve -C %s\n' "$1"
