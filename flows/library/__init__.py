"""The conversations that ship: YAML files, each with its talks as tests."""
