"""Programs that use the Messages API through the official SDK, one module per pattern."""
