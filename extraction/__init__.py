"""Extraction, appraisal and coding: forms, instruments and frameworks as data; what people write into them as events.

The folder's rule: SQL only in ``rows``; nothing here prints, and no other room is imported. What a person wrote is
only ever superseded, never changed.
"""
