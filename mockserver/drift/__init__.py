"""Drift: recordings of an API compared with what the mock answers to the same requests now.

comparing.compared(...)    the outcome of each recording
report                     outcomes as a table or as JSON
"""
