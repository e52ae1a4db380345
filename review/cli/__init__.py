"""The command line: the only place that prints. One module per group of commands, loaded only when it is called.

``main`` holds the table of commands, ``kit`` what they share. A command module imports rooms inside its functions,
so that ``--help`` answers at once.
"""
