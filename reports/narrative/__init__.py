"""Methods and results in words, the reference list, and the one-page summary.

The folder's rule: what the log does not show is not claimed; every number and citation is computed.
"""
