"""The flow of records: terminal states, boxes, identities, the diagram in every form, the audit of published numbers.

The folder's rule: pure functions from values to values; nothing here reads the store or writes a file.
"""
