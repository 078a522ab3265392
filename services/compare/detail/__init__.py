"""What fingerprints cannot see: a letter, a digit, a name, in pictures of about 320 x 184.

1. `track`: the pictures, unpacked as they are looked at.
2. `moments`: which picture of A is laid beside which of B, along regions that fingerprints call the
   same.
3. `structure`: what encoders and scalers did to the pictures undone, and how far each small window
   is apart.
4. `spots`: compact areas that are apart clearly more than is usual in the pair.
5. `trails`: spots that stay, or roll on steadily, over moments.
6. `ends`: where a detail begins and ends, to the frame, by the fingerprints.
7. `refining`: the regions of an alignment cut accordingly.
"""
