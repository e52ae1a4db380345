"""The screening room: whose turn it is on which report, votes, conflicts, retrieval, decisions in and out.

The folder's rule: votes, resolutions and retrievals are written as events through ``review.store`` and never changed;
everything shown is read from the store. SQL only in ``rows``; nothing here imports another room, prints, or opens a
connection to the network.
"""
