"""The review as one file for an archive: what goes in, in which shape, and how a folder is made of it again.

The folder's rule: values in, values out; who opens stores and writes folders is ``review.archiving``.
"""
