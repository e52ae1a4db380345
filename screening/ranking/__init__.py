"""The order in which reports are read: learnt from votes, never hiding one.

Here lives what knows scikit-learn (extra ``ranking``) and what simulates a screening. Pure: no store, no clock, no
network. Nothing outside this folder imports scikit-learn, and the queue works in plain order without it.
"""
