"""What comes out: the solution, its tables and files, and the independent check."""
