"""What to answer when: one model behind a YAML file, the control API, Python objects and in-band marks."""
