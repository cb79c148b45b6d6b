"""Lives of files and batches against a model, with restarts, crashes and time that passes."""
