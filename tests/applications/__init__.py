"""Real applications against a server without a script: by hand, because each brings its own packages."""
