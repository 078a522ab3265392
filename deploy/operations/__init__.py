"""What whoever runs SAGE does beside running it: back up, restore, look at the queue."""
