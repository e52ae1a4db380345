#!/bin/sh
# The smallest whole review, offline: two votes on every record, one conflict, citation searching beside a database.
# usage: sh run.sh FOLDER   (FOLDER is a copy of this folder)
set -eu
cd "$1"
export REVIEW_USER="Reviewer A"

review check
review import
review dedupe
review screen import votes.csv
review screen conflicts --stage title-abstract
review screen resolve 5 include --stage title-abstract --note "look at the full text"
review screen decide 1 include --stage full-text
review screen decide 3 include --stage full-text
review fulltext missing 5 --note "the library has no copy"
review screen decide 8 include --stage full-text
review screen agreement --stage title-abstract
review report
review verify
review status
