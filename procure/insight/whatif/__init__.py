"""Named scenarios side by side: what would change if a supplier dropped out, demand rose, money were short."""
