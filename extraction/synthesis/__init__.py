"""Synthesis: codings, themes, findings, configurations, what two coders agree on, and the checks over all of it.

The folder's rule: a coding is only superseded; what it stands under now follows from merges and splits (``resolving``),
never from a changed row. SQL only in ``coding_rows`` and ``coding_page_rows``.
"""
