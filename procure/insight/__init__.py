"""What a plan is worth: simulation, replay, baselines, comparison."""
