"""The videos of a workspace: kept, renamed, played back, and shown as previews made once."""
