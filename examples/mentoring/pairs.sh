#!/bin/sh
# The possible duplicates that the rules leave to a person, judged by hand from the printed lists.
# Numbers are report ids: 1 to 27 are the 2008 article's references, 28 to 117 the final report's (27 + n).
set -eu
review pairs same 1 56     # the year and one initial differ between the lists
review pairs same 19 58    # one title has a subtitle
review pairs same 28 34    # one list prints another author for the same document
