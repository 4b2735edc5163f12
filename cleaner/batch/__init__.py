"""A corpus in, a corpus out: what ``cleaner batch`` runs.

Sources cut shards into chunks, workers clean them, the runner writes what comes of them in order and
keeps a journal, so that a run that was stopped goes on where it was and gives the same bytes.
"""
