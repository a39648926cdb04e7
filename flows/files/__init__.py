"""Reading the files that authors write: strictly, with every mistake named at its place."""
