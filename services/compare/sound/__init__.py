"""The sound: compared along the picture's time map, at offsets of its own, track by track.

1. `lines`, `jumps`: what sound is compared along, and where the sound itself was cut.
2. `offsets`: by how much it is early or late on each of them.
3. `levels`, `level_differences`, `heard_steps`: where it differs, step by step.
4. `alignment`: the regions of the main track.
5. `track_pairs`, `track_content`, `tracks`: the further tracks and their partners.
6. `channel_differences`, `lost_channels`, `loudness`, `channel_notes`: channels and loudness.
"""
