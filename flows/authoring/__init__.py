"""What authors get besides a flow that runs: drawings, talks that are tests, costs, reading age."""
