"""What people fill in outside of the pages: tables out (XLSX, CSV), back in, and what a filled one would change.

The folder's rule: nothing is saved before its plan was shown and the person said yes; an empty or absent row deletes
nothing. ``exchange`` and ``workbooks`` know bytes and cells, and no forms.
"""
