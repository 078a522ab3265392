"""What people keep of a comparison: its name, its status, notes and marks. Knows no storage."""
