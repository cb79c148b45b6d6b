"""What the Claude Messages API accepts and returns: schemas, validators, legal event order.

This package never imports the server, so that it can judge any target.
"""

DISTRIBUTION = "messages-mock"
